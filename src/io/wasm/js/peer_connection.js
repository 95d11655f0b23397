// SPDX-License-Identifier: MIT OR Apache-2.0
// The platform's RTCPeerConnection, with its first data channel. In Node the program's loader brings one.
addToLibrary({
  $flnetPeer__deps: ['$flnet', '$flnetChannel', '$flnetStats', 'flnet_peer_described', 'flnet_peer_candidate', 'flnet_peer_opened',
    'flnet_peer_dropped', 'flnet_peer_ended'],
  $flnetPeer: {
    /** Why a connection ends: PeerEnd in browser_peer_session.hpp. */
    ends: { closed: 0, no_path: 1, bad_description: 2, too_large: 3, flooded: 4 },
    /** Candidates that are kept until the description that they belong to is there, in either direction. */
    most_early: 64,

    /** `url, user, password` of each server, all separated by zeros. */
    servers(words) {
      const parts = words ? words.split('\0') : [];
      const servers = [];
      for (let at = 0; at < parts.length; at += 3) {
        const [urls, username, credential] = parts.slice(at, at + 3);
        servers.push(username ? { urls, username, credential } : { urls });
      }
      return servers;
    },

    /** Ends it as C++ sees it: once. What came before is delivered first, unless that is what goes wrong. */
    end(peer, how, why) {
      if (peer.over) return;
      if (how === flnetPeer.ends.closed && peer.waiting.length) {
        peer.ending ??= why;
        return;
      }
      peer.over = true;
      if (peer.self) _flnet_peer_ended(peer.self, how, flnet.put(why), flnet.size);
    },

    /**
     * A browser's channel closes when both sides have delivered all. Those of Node's packages say so at once: what was sent is
     * still under way (a peer that has got all closes the connection), and what was received still waits for its event.
     */
    close(peer, why, patience_ms) {
      const end = () => flnetPeer.end(peer, flnetPeer.ends.closed, why);
      if (ENVIRONMENT_IS_NODE) setTimeout(end, patience_ms);
      else end();
    },

    listen(peer) {
      const { connection } = peer;
      connection.onicecandidate = ({ candidate }) => {
        // null is the end; the empty one before it says the same of one network.
        if (candidate && !candidate.candidate) return;
        flnetPeer.candidate(peer, candidate ? candidate.candidate : '');
      };
      connection.ondatachannel = ({ channel }) => flnetPeer.receive(peer, channel);
      connection.onconnectionstatechange = () => {
        const state = connection.connectionState;
        if (state === 'failed' && !peer.restarting) flnetPeer.end(peer, flnetPeer.ends.no_path, 'no path to the peer works (any more)');
        if (state === 'closed') flnetPeer.close(peer, 'the connection is closed', 100);
      };
    },

    /**
     * The peer has opened it. Chromium says so, and that it is open, before it listens to it: one task later it does, and perhaps takes
     * back that it is open for a moment, in the task after that. What is sent before is lost, or counts as buffered for ever; what came
     * before is lost when the peer closes meanwhile. So C++ hears of it two tasks later, and then of what has happened to it.
     */
    receive(peer, channel) {
      const early = [];
      const takeIn = () => {
        if (peer.self && channel.readyState !== 'connecting') flnetPeer.takeIn(peer, channel, early);
      };
      channel.binaryType = 'arraybuffer';
      channel.flnetHeard = true;
      channel.onmessage = (event) => early.push(event);
      flnet.soon(() => flnet.soon(() => {
        channel.onopen = channel.onclose = takeIn;
        takeIn();
      }));
    },

    takeIn(peer, channel, early) {
      channel.onopen = channel.onclose = null;
      if (!peer.channel) flnetPeer.adopt(peer, channel);
      else if (peer.others) peer.others.offer(peer, channel);
      else return channel.close();
      channel.onopen?.();
      for (const event of early) channel.onmessage?.(event);
      if (channel.readyState === 'closed') channel.onclose?.();
    },

    candidate(peer, line) {
      if (!peer.self) return;
      if (peer.told) _flnet_peer_candidate(peer.self, flnet.put(line), flnet.size);
      else if (peer.ours.length < flnetPeer.most_early) peer.ours.push(line);
    },

    isFirefox: (sdp) => sdp.startsWith('v=0\r\no=mozilla'),

    adopt(peer, channel) {
      peer.channel = channel;
      flnetChannel.prepare(peer, channel, 0, () => _flnet_peer_opened(peer.self));
      channel.onclose = () => flnetPeer.close(peer, 'the channel is closed', peer.closing ? 1000 : 100);
    },

    /**
     * Node's packages forget what has left the channel's buffer but not the machine when it closes: @roamhq/wrtc's says that nothing is
     * buffered while 2 MB are, and may be waiting for a second to send them once more. So they have time until hardly anything leaves.
     */
    quiet: async (peer) => {
      const count = async () => flnetStats.pair(await peer.connection.getStats())?.bytesSent;
      let before;
      let sent = await count();
      do {
        await flnet.pause(peer.channel.flnetAsks ? 1000 : 250);
        before = sent;
        sent = await count();
      } while (peer.self && sent > before + 2000);
    },

    /** It delivers what it has taken (RFC 8831 §6.7), in browsers. */
    closeChannel: async (peer) => {
      if (peer.closing) return;
      peer.closing = true;
      if (ENVIRONMENT_IS_NODE) await flnetPeer.quiet(peer).catch(() => {});
      const grace_ms = flnetChannel.grace(peer.channel);
      if (grace_ms) await flnet.pause(grace_ms);
      if (peer.self) flnetChannel.unlessGone(() => peer.channel.close());
    },

    /** One after the other: RTCPeerConnection has states, and the peer's words may come faster. */
    queue(peer, step, failed) {
      peer.steps = peer.steps.then(() => (peer.self && !peer.over ? step() : undefined)).catch((error) => {
        if (peer.self && !peer.over) failed(flnet.why(error));
      });
    },

    fail: (peer) => (why) => flnetPeer.end(peer, flnetPeer.ends.bad_description, why),
    drop: (peer) => (why) => _flnet_peer_dropped(peer.self, flnet.put(why), flnet.size),

    describe: async (peer, description) => {
      // node-datachannel has set it by itself; doing that again while it starts breaks it now and then.
      if (!peer.connection.localDescription?.sdp) await peer.connection.setLocalDescription(description);
      if (!peer.self) return;
      const holds = description.type === 'offer' && ENVIRONMENT_IS_NODE;
      const { sdp } = peer.connection.localDescription;
      const text = holds ? sdp.replace(/^a=(candidate:|end-of-candidates).*\r\n/gm, '') : sdp;
      _flnet_peer_described(peer.self, flnet.put(text), flnet.size);
      if (!holds) flnetPeer.tell(peer);
    },

    /**
     * Candidates follow the description. Those of an offer wait for the answer in Node: libdatachannel answers checks before
     * that, and if DTLS ends while it still takes the answer in, it finds no fingerprint and closes.
     */
    tell(peer) {
      peer.told = true;
      for (const line of peer.ours.splice(0)) flnetPeer.candidate(peer, line);
    },

    learn: async (peer, type, sdp) => {
      await peer.connection.setRemoteDescription({ type, sdp });
      peer.learned = true;
      peer.tellLearned?.(type, sdp);
      flnetPeer.addTheirs(peer);
      if (type === 'answer') flnetPeer.tell(peer);
    },

    addTheirs(peer) {
      if (!peer.learned || peer.learning) return;
      for (const line of peer.theirs.splice(0)) flnetPeer.add(peer, line);
    },

    add(peer, candidate) {
      peer.connection.addIceCandidate({ candidate, sdpMid: peer.mediaId, sdpMLineIndex: 0 }).catch((error) => {
        if (peer.self && !peer.over) flnetPeer.drop(peer)(flnet.why(error));
      });
    },

    mediaId: (sdp) => sdp.match(/^a=mid:(\S+)/m)?.[1] ?? '0',
  },

  // In words that end with a zero; 0 when it takes them all. Browsers differ in what they can use: TURN over TCP, TLS.
  flnet_peer_refusal__deps: ['$flnet', '$flnetPeer'],
  flnet_peer_refusal: (words, size) => {
    const refusal = (...options) => {
      try {
        new RTCPeerConnection(...options).close();
        return '';
      } catch (error) {
        return flnet.why(error);
      }
    };
    // Where nothing works, it is not the servers' fault.
    for (const server of refusal() ? [] : flnetPeer.servers(flnet.text(words, size))) {
      const why = refusal({ iceServers: [server] });
      if (why) return flnet.put(`${server.urls} is no usable STUN or TURN server: ${why}\0`);
    }
    return 0;
  },

  flnet_peer_supported: () => (typeof RTCPeerConnection === 'function' ? 1 : 0),

  // 0 when the platform makes none, after flnet_peer_dropped has been told why.
  flnet_peer_make__deps: ['$flnet', '$flnetPeer'],
  flnet_peer_make: (self, servers, size, mostBytes, mostWaiting) => {
    const peer = {
      self, mostBytes, mostWaiting, mediaId: '0', steps: Promise.resolve(), ours: [], theirs: [], waiting: [],
      waitingBytes: 0, channels: new Map(),
    };
    try {
      peer.connection = new RTCPeerConnection({ iceServers: flnetPeer.servers(flnet.text(servers, size)) });
    } catch (error) {
      flnetPeer.drop(peer)(flnet.why(error));
      return 0;
    }
    flnetPeer.listen(peer);
    return flnet.keep(peer);
  },

  flnet_peer_destroy__deps: ['$flnet', '$flnetChannel'],
  flnet_peer_destroy: (handle) => {
    const peer = flnet.table.get(handle);
    flnet.table.delete(handle);
    peer.self = 0;
    peer.waiting = [];
    const { connection, channel } = peer;
    connection.onicecandidate = connection.ondatachannel = connection.onconnectionstatechange = null;
    if (channel) flnetChannel.unheard(channel);
    peer.channels.forEach(flnetChannel.unheard);
    connection.close();
  },

  flnet_peer_offer__deps: ['$flnet', '$flnetPeer'],
  flnet_peer_offer: (handle, label, size) => {
    const peer = flnet.table.get(handle);
    const name = flnet.text(label, size);
    flnetPeer.queue(peer, async () => {
      flnetPeer.adopt(peer, peer.connection.createDataChannel(name, { ordered: true }));
      await flnetPeer.describe(peer, await peer.connection.createOffer());
    }, flnetPeer.fail(peer));
  },

  flnet_peer_accept_offer__deps: ['$flnet', '$flnetPeer'],
  flnet_peer_accept_offer: (handle, text, size) => {
    const peer = flnet.table.get(handle);
    const sdp = flnet.text(text, size);
    peer.mediaId = flnetPeer.mediaId(sdp);
    flnetPeer.queue(peer, async () => {
      await flnetPeer.learn(peer, 'offer', sdp);
      await flnetPeer.describe(peer, await peer.connection.createAnswer());
    }, flnetPeer.fail(peer));
  },

  // A wrong answer is dropped: the right one may follow, and C++ knows how long to wait for it.
  flnet_peer_accept_answer__deps: ['$flnet', '$flnetPeer'],
  flnet_peer_accept_answer: (handle, text, size) => {
    const peer = flnet.table.get(handle);
    const sdp = flnet.text(text, size);
    flnetPeer.queue(peer, () => flnetPeer.learn(peer, 'answer', sdp), flnetPeer.drop(peer));
  },

  flnet_peer_add_candidate__deps: ['$flnet', '$flnetPeer'],
  flnet_peer_add_candidate: (handle, text, size) => {
    const peer = flnet.table.get(handle);
    const line = flnet.text(text, size);
    if (peer.learned && !peer.learning) flnetPeer.add(peer, line);
    else if (peer.theirs.length < flnetPeer.most_early) peer.theirs.push(line);
    else flnetPeer.drop(peer)('a candidate: too many came before their description');
  },

  flnet_peer_send__deps: ['$flnet', '$flnetChannel'],
  flnet_peer_send: (handle, isBinary, data, size) => {
    const peer = flnet.table.get(handle);
    return flnetChannel.send(peer, peer.channel, isBinary, data, size);
  },

  flnet_peer_buffered__deps: ['$flnet', '$flnetChannel'],
  flnet_peer_buffered: (handle) => {
    const { channel } = flnet.table.get(handle);
    return channel ? flnetChannel.buffered(channel) : 0;
  },

  flnet_peer_hold__deps: ['$flnet', '$flnetChannel'],
  flnet_peer_hold: (handle, held) => {
    const peer = flnet.table.get(handle);
    peer.held = Boolean(held);
    if (!held) queueMicrotask(() => flnetChannel.catchUp(peer));
  },

  // Not before all is on its way: not every browser sends what a channel that closes has in its buffer.
  flnet_peer_shutdown__deps: ['$flnet', '$flnetPeer', '$flnetChannel'],
  flnet_peer_shutdown: (handle) => {
    const peer = flnet.table.get(handle);
    const { channel } = peer;
    // The first channel's end is the connection's: the others' comes before it.
    peer.drained = () => {
      if (peer.self && !peer.channels.size && !flnetChannel.buffered(channel)) flnetPeer.closeChannel(peer);
    };
    for (const number of peer.channels.keys()) peer.others.close(peer, number);
    flnetChannel.unlessGone(() => { channel.bufferedAmountLowThreshold = 0; });
    channel.onbufferedamountlow = peer.drained;
    flnetChannel.awaitLow(peer, channel);
    peer.drained();
  },
});
