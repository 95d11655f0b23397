// SPDX-License-Identifier: MIT OR Apache-2.0
// The channels of an RTCPeerConnection beside the first: C++ knows them by numbers, which are never used again.
addToLibrary({
  $flnetChannels__deps: ['$flnet', '$flnetChannel', 'flnet_channel_offered', 'flnet_channel_opened', 'flnet_channel_received',
    'flnet_channel_closed'],
  $flnetChannels: {
    /** Of one connection. Peers may open as many as they like; C++ takes fewer. */
    most: 256,

    keep(peer, channel) {
      const number = ++peer.lastChannel;
      peer.channels.set(number, channel);
      flnetChannel.prepare(peer, channel, number, () => _flnet_channel_opened(peer.self, number));
      channel.onclose = () => flnetChannels.closed(peer, number);
      return number;
    },

    /** The peer has opened it. */
    offer(peer, channel) {
      if (peer.channels.size >= flnetChannels.most) return channel.close();
      const number = flnetChannels.keep(peer, channel);
      const label = flnet.encoder.encode(channel.label);
      const protocol = flnet.encoder.encode(channel.protocol);
      const words = new Uint8Array([...label, ...protocol]);
      const wanted = _flnet_channel_offered(peer.self, number, flnet.put(words), label.length, words.length,
        channel.ordered ? 1 : 0, channel.maxRetransmits ?? -1, channel.maxPacketLifeTime ?? -1);
      if (!wanted && peer.self) flnetChannels.close(peer, number);
    },

    /** After the messages that came before. Node's packages say it at once, while messages still wait for their events. */
    closed(peer, number) {
      const tell = () => {
        if (peer.self && peer.channels.has(number)) flnetChannel.take(peer, undefined, number);
      };
      if (ENVIRONMENT_IS_NODE) setTimeout(tell, 100);
      else tell();
    },

    /** What `take` has kept in order: a message of that channel, or its end. */
    deliver(peer, data, number) {
      const channel = peer.channels.get(number);
      if (!channel) return;
      if (data !== undefined) {
        const isText = typeof data === 'string';
        _flnet_channel_received(peer.self, number, isText ? 0 : 1, flnet.put(data), flnet.size);
        return;
      }
      flnetChannel.unheard(channel);
      peer.channels.delete(number);
      _flnet_channel_closed(peer.self, number);
      peer.drained?.();
    },

    /** Closing delivers what the channel has taken (RFC 8831 §6.7); in Node only what has left its buffer. */
    close(peer, number) {
      const channel = peer.channels.get(number);
      if (!channel) return;
      const patience_ms = ENVIRONMENT_IS_NODE && flnetChannel.buffered(channel) ? 20 : flnetChannel.grace(channel);
      if (patience_ms) setTimeout(() => { if (peer.self) flnetChannels.close(peer, number); }, patience_ms);
      else flnetChannel.unlessGone(() => channel.close());
    },
  },

  // Before that, a channel that the peer opens beside the first is closed.
  flnet_channels_begin__deps: ['$flnet', '$flnetChannels'],
  flnet_channels_begin: (handle) => Object.assign(flnet.table.get(handle), { others: flnetChannels, lastChannel: 0 }),

  flnet_channel_open__deps: ['$flnet', '$flnetPeer', '$flnetChannels'],
  flnet_channel_open: (handle, words, labelSize, size, isOrdered, maxRetransmits, lifeMs) => {
    const peer = flnet.table.get(handle);
    const options = { ordered: Boolean(isOrdered), protocol: flnet.text(words + labelSize, size - labelSize) };
    if (maxRetransmits >= 0) options.maxRetransmits = maxRetransmits;
    if (lifeMs >= 0) options.maxPacketLifeTime = lifeMs;
    try {
      return flnetChannels.keep(peer, peer.connection.createDataChannel(flnet.text(words, labelSize), options));
    } catch (error) {
      flnetPeer.drop(peer)(flnet.why(error));
      return 0;
    }
  },

  flnet_channel_send__deps: ['$flnet', '$flnetChannel'],
  flnet_channel_send: (handle, number, isBinary, data, size) => {
    const peer = flnet.table.get(handle);
    const channel = peer.channels.get(number);
    return channel ? flnetChannel.send(peer, channel, isBinary, data, size) : 4;
  },

  flnet_channel_close__deps: ['$flnet', '$flnetChannels'],
  flnet_channel_close: (handle, number) => flnetChannels.close(flnet.table.get(handle), number),

  flnet_channel_buffered__deps: ['$flnet', '$flnetChannel'],
  flnet_channel_buffered: (handle, number) => {
    const channel = flnet.table.get(handle).channels.get(number);
    return channel ? flnetChannel.buffered(channel) : 0;
  },
});
