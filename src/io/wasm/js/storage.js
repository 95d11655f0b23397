// SPDX-License-Identifier: MIT OR Apache-2.0
// Named values: in a page's IndexedDB, in Node files of a folder; and who in this origin holds which of them.
addToLibrary({
  $flnetStorage__deps: ['$flnet'],
  $flnetStorage: {
    /** Of the folder's and the value's names; no name holds a zero. */
    key: (folder, name) => `${folder}\0${name}`,

    /** The database `flnet` of this origin, with one table. */
    open() {
      if (!globalThis.indexedDB) {
        return Promise.reject(new DOMException('there is no IndexedDB here', 'NotSupportedError'));
      }
      return flnetStorage.database ??= new Promise((done, fail) => {
        const request = indexedDB.open('flnet', 1);
        request.onupgradeneeded = () => request.result.createObjectStore('values');
        request.onsuccess = () => {
          const database = request.result;
          database.onversionchange = database.onclose = () => {
            database.close();
            flnetStorage.database = undefined;
          };
          done(database);
        };
        request.onerror = () => fail(request.error);
      }).catch((error) => {
        flnetStorage.database = undefined;
        throw error;
      });
    },

    /** One request on the table; ends when it is on the disk. */
    request: async (mode, make) => {
      const transaction = (await flnetStorage.open()).transaction('values', mode, { durability: 'strict' });
      const request = make(transaction.objectStore('values'));
      return new Promise((done, fail) => {
        transaction.oncomplete = () => done(request.result);
        transaction.onerror = transaction.onabort = () => fail(transaction.error ?? request.error);
      });
    },

    page: {
      get: (folder, name) => flnetStorage.request('readonly', (table) => table.get(flnetStorage.key(folder, name))),
      set: (folder, name, value) =>
        flnetStorage.request('readwrite', (table) => table.put(value, flnetStorage.key(folder, name)))
          .then(() => undefined),
      remove: (folder, name) =>
        flnetStorage.request('readwrite', (table) => table.delete(flnetStorage.key(folder, name))),
    },

    /** As natively: a new file takes the old one's place as a whole, and only its owner reads it. */
    node: {
      file: async (folder, name) => {
        const files = await import('node:fs/promises').then((module) => module);
        return { files, path: folder ? `${folder}/${name}` : name };
      },
      get: async (folder, name) => {
        const { files, path } = await flnetStorage.node.file(folder, name);
        return files.readFile(path).catch((error) => {
          if (error.code !== 'ENOENT') throw error;
        });
      },
      set: async (folder, name, value) => {
        const { files, path } = await flnetStorage.node.file(folder, name);
        if (folder) await files.mkdir(folder, { recursive: true, mode: 0o700 });
        const fresh = `${path}.${crypto.randomUUID()}.new`;
        try {
          await files.writeFile(fresh, value, { mode: 0o600, flag: 'wx', flush: true });
          await files.rename(fresh, path);
        } catch (error) {
          await files.rm(fresh, { force: true });
          throw error;
        }
      },
      remove: async (folder, name) => {
        const { files, path } = await flnetStorage.node.file(folder, name);
        return files.rm(path, { force: true });
      },
    },

    place: () => (ENVIRONMENT_IS_NODE ? flnetStorage.node : flnetStorage.page),

    /**
     * Web Locks hold from tab to tab and end with the tab. Answers 1 when `name` is ours from now on, 0 when another has
     * it; `release` gives it back.
     */
    claim: (folder, name, release) => new Promise((done, fail) => {
      if (!globalThis.navigator?.locks || ENVIRONMENT_IS_NODE) {
        done(new Uint8Array([1]));
        return;
      }
      const held = (lock) => {
        done(new Uint8Array([lock ? 1 : 0]));
        return lock ? new Promise((given) => { release(given); }) : undefined;
      };
      navigator.locks.request(`flnet ${flnetStorage.key(folder, name)}`, { ifAvailable: true }, held).catch(fail);
    }),
  },

  flnet_storage_get__deps: ['$flnet', '$flnetStorage'],
  flnet_storage_get: (promise, folder, folderSize, name, nameSize) => {
    const value = flnetStorage.place().get(flnet.text(folder, folderSize), flnet.text(name, nameSize));
    flnet.settle(promise, value);
  },

  flnet_storage_set__deps: ['$flnet', '$flnetStorage'],
  flnet_storage_set: (promise, folder, folderSize, name, nameSize, value, size) => {
    const bytes = flnet.bytes(value, size);
    flnet.settle(promise,
      flnetStorage.place().set(flnet.text(folder, folderSize), flnet.text(name, nameSize), bytes));
  },

  flnet_storage_remove__deps: ['$flnet', '$flnetStorage'],
  flnet_storage_remove: (promise, folder, folderSize, name, nameSize) => {
    flnet.settle(promise,
      flnetStorage.place().remove(flnet.text(folder, folderSize), flnet.text(name, nameSize)));
  },

  flnet_claims_make__deps: ['$flnet'],
  flnet_claims_make: () => flnet.keep({ release: [] }),

  flnet_claims_drop__deps: ['$flnet'],
  flnet_claims_drop: (claims) => {
    for (const give of flnet.table.get(claims).release) give();
    flnet.table.get(claims).release = undefined;
    flnet.table.delete(claims);
  },

  flnet_claims_add__deps: ['$flnet', '$flnetStorage'],
  flnet_claims_add: (promise, claims, folder, folderSize, name, nameSize) => {
    const held = flnet.table.get(claims);
    const release = (give) => (held.release ? held.release.push(give) : give());
    flnet.settle(promise,
      flnetStorage.claim(flnet.text(folder, folderSize), flnet.text(name, nameSize), release));
  },
});
