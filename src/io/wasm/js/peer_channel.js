// SPDX-License-Identifier: MIT OR Apache-2.0
// What all channels of an RTCPeerConnection have in common: how they open, what they buffer, how messages come and go.
addToLibrary({
  $flnetChannel__deps: ['$flnet', '$flnetPeer', 'flnet_peer_received', 'flnet_peer_writable'],
  $flnetChannel: {
    /**
     * What a channel may buffer, and at how much of it there is room again, in bytes. When more waits, the SCTP of libwebrtc (all
     * browsers but Firefox) drops packets of its own as it begins to send messages of 0.5 to 16 KiB, and hardly moves for seconds
     * then. Firefox sends short messages slower by a quarter with so little.
     */
    windows: { libwebrtc: [64 * 1024, 16 * 1024], others: [4 * 1024 * 1024, 256 * 1024] },

    /** C++ hears of its messages under `number`, 0 for the first channel; `opened` is told once, when it is open. */
    prepare(peer, channel, number, opened) {
      channel.flnetAsks = !('onbufferedamountlow' in channel);
      channel.flnetBuffered = 0;
      channel.binaryType = 'arraybuffer';
      channel.onbufferedamountlow = () => { if (peer.self) _flnet_peer_writable(peer.self); };
      channel.onopen = () => {
        if (!peer.self) return;
        channel.onopen = null;
        channel.flnetOpened = performance.now();
        const isLibwebrtc = !ENVIRONMENT_IS_NODE && !flnetPeer.isFirefox(peer.connection.localDescription.sdp);
        [channel.flnetWindow, channel.bufferedAmountLowThreshold] = flnetChannel.windows[isLibwebrtc ? 'libwebrtc' : 'others'];
        opened();
      };
      channel.onmessage = ({ data }) => {
        channel.flnetHeard = true;
        flnetChannel.take(peer, data, number);
      };
    },

    /**
     * For how long a channel of ours is still to stay open, in milliseconds. On the other side Chromium may not have listened to it yet,
     * and what has come on a channel that is closed by then is lost. Whoever has said something on it listens.
     */
    grace: (channel) => (channel.flnetHeard ? 0 : Math.max(0, channel.flnetOpened + 500 - performance.now())),

    unheard(channel) {
      channel.onopen = channel.onmessage = channel.onbufferedamountlow = channel.onclose = null;
    },

    /** The channels of Node's packages throw once the peer has closed them, some time before they say so. */
    unlessGone(use, otherwise) {
      try {
        return use();
      } catch {
        return otherwise;
      }
    },
    buffered: (channel) => flnetChannel.unlessGone(() => channel.bufferedAmount, 0),

    /** Where there is no `bufferedamountlow` (npm's @roamhq/wrtc), the channel is asked until it would come. */
    awaitLow(peer, channel) {
      if (!channel.flnetAsks || channel.flnetAsking) return;
      channel.flnetAsking = setInterval(() => {
        if (peer.self && flnetChannel.buffered(channel) > channel.bufferedAmountLowThreshold) return;
        clearInterval(channel.flnetAsking);
        channel.flnetAsking = undefined;
        channel.onbufferedamountlow?.();
      }, 5);
    },

    full(peer, channel) {
      flnetChannel.awaitLow(peer, channel);
      return 1;
    },
    /** Where there is room, there is for one message of any size. */
    isFull: (channel, size) => channel.flnetBuffered > channel.bufferedAmountLowThreshold &&
      channel.flnetBuffered + size > channel.flnetWindow,
    /**
     * SendAnswer in browser_peer_session.cpp. Nothing is copied: the channel does that. It is asked what it buffers only when
     * all that was sent since the last time might not fit.
     */
    send(peer, channel, isBinary, data, size) {
      if (channel.flnetBuffered + size > channel.flnetWindow) {
        channel.flnetBuffered = flnetChannel.buffered(channel);
        if (flnetChannel.isFull(channel, size)) return flnetChannel.full(peer, channel);
      }
      let message;
      try {
        message = isBinary ? flnet.view(data, size) : flnet.text(data, size);
        channel.send(message);
        channel.flnetBuffered += size;
        return 0;
      } catch (error) {
        if (message === undefined) return 2;
        if (error?.name === 'OperationError') return flnetChannel.full(peer, channel);
        return error instanceof TypeError ? 3 : 4;
      }
    },

    /** A message of the first channel (number 0) or of another one, or that one's end: `data` is undefined. */
    take(peer, data, number) {
      if (peer.held || peer.waiting.length) flnetChannel.wait(peer, data, number);
      else flnetChannel.deliver(peer, data, number);
    },

    sizeOf: (data) => data?.byteLength ?? data?.length ?? 0,
    /** Of one that waits: empty ones need memory, too. */
    charge: (data) => flnetChannel.sizeOf(data) + 64,

    /** A browser goes on receiving whatever the application does: what it has not taken waits here. */
    wait(peer, data, number) {
      peer.waiting.push({ data, number });
      peer.waitingBytes += flnetChannel.charge(data);
      if (peer.waitingBytes <= peer.mostWaiting) return;
      peer.waiting = [];
      flnetPeer.end(peer, flnetPeer.ends.flooded, 'the application takes messages slower than the peer sends them');
    },

    deliver(peer, data, number) {
      if (!peer.self || peer.over) return;
      if (flnetChannel.sizeOf(data) > peer.mostBytes) {
        flnetPeer.end(peer, flnetPeer.ends.too_large, 'the peer sent a message that is too large');
      } else if (number) {
        peer.others.deliver(peer, data, number);
      } else {
        _flnet_peer_received(peer.self, typeof data === 'string' ? 0 : 1, flnet.put(data), flnet.size);
      }
    },

    catchUp(peer) {
      while (peer.self && !peer.held && peer.waiting.length) {
        const { data, number } = peer.waiting.shift();
        peer.waitingBytes -= flnetChannel.charge(data);
        flnetChannel.deliver(peer, data, number);
      }
      if (peer.self && peer.ending !== undefined && !peer.waiting.length) {
        flnetPeer.end(peer, flnetPeer.ends.closed, peer.ending);
      }
    },
  },
});
