// SPDX-License-Identifier: MIT OR Apache-2.0
// Ed25519 by WebCrypto.
addToLibrary({
  $flnetKeys__deps: ['$flnet'],
  $flnetKeys: {
    /** Pages from http:// addresses other than the machine's own have no crypto.subtle. */
    subtle() {
      const subtle = globalThis.crypto?.subtle;
      if (subtle) return subtle;
      throw new DOMException('keys need a secure context: https://, or http://localhost', 'NotSupportedError');
    },

    /** PKCS #8 is what WebCrypto reads private keys from (RFC 8410 §7): this, then the seed. */
    before_seed: [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20],
    importSeed(seed, extractable) {
      const document = new Uint8Array([...flnetKeys.before_seed, ...seed]);
      return flnetKeys.subtle().importKey('pkcs8', document, 'Ed25519', extractable, ['sign'])
        .finally(() => document.fill(0));
    },

    /** WebCrypto tells the public half of a private key only as a JSON Web Key (RFC 8037 §2). */
    publicKey: async (seed) => {
      const key = await flnetKeys.importSeed(seed, true);
      const { x } = await flnetKeys.subtle().exportKey('jwk', key);
      return Uint8Array.from(atob(x.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    },
    sign: async (seed, message) => {
      return flnetKeys.subtle().sign('Ed25519', await flnetKeys.importSeed(seed, false), message);
    },
    verify: async (key, message, signature) => {
      const imported = await flnetKeys.subtle().importKey('raw', key, 'Ed25519', false, ['verify']);
      return new Uint8Array([await flnetKeys.subtle().verify('Ed25519', imported, signature, message) ? 1 : 0]);
    },
  },

  flnet_keys_public__deps: ['$flnet', '$flnetKeys'],
  flnet_keys_public: (promise, seed) => {
    const copy = flnet.bytes(seed, 32);
    flnet.settle(promise, flnetKeys.publicKey(copy).finally(() => copy.fill(0)));
  },

  flnet_keys_sign__deps: ['$flnet', '$flnetKeys'],
  flnet_keys_sign: (promise, seed, message, size) => {
    const copy = flnet.bytes(seed, 32);
    flnet.settle(promise, flnetKeys.sign(copy, flnet.bytes(message, size)).finally(() => copy.fill(0)));
  },

  flnet_keys_verify__deps: ['$flnet', '$flnetKeys'],
  flnet_keys_verify: (promise, key, message, size, signature) => {
    flnet.settle(promise,
      flnetKeys.verify(flnet.bytes(key, 32), flnet.bytes(message, size), flnet.bytes(signature, 64)));
  },
});
