// SPDX-License-Identifier: MIT OR Apache-2.0
// How a connection that is there restarts ICE: later offers and answers, and what becomes of those that lead nowhere.
addToLibrary({
  $flnetRestart__deps: ['$flnet', '$flnetPeer', '$flnetChannel', '$flnetStats', 'flnet_peer_described', 'flnet_peer_learned',
    'flnet_peer_restarting', 'flnet_peer_restarted', 'flnet_peer_restart_over'],
  $flnetRestart: {
    /** Asked of a connection that is thrown away: npm's node-datachannel has a restartIce, which throws. */
    supported() {
      if (flnetRestart.known === undefined) {
        const connection = new RTCPeerConnection();
        flnetRestart.known = flnetChannel.unlessGone(() => {
          connection.restartIce();
          return true;
        }, false);
        connection.close();
      }
      return flnetRestart.known;
    },

    /** As `queue`. The candidates that follow a later description wait for it; when it is refused, they find nothing. */
    learning(peer, step, failed) {
      if (!peer.learned) {
        flnetPeer.queue(peer, step, failed);
        return;
      }
      peer.learning++;
      flnetPeer.queue(peer, async () => {
        try {
          await step();
        } finally {
          peer.learning--;
          flnetPeer.addTheirs(peer);
        }
      }, failed);
    },

    /** The candidates found for a later description follow it. */
    describe: async (peer, description, tellDescription) => {
      peer.told = false;
      try {
        await peer.connection.setLocalDescription(description);
        if (peer.self) tellDescription(peer.self, flnet.put(peer.connection.localDescription.sdp), flnet.size);
      } finally {
        flnetPeer.tell(peer);
      }
    },

    over: (peer) => (why) => _flnet_peer_restart_over(peer.self, flnet.put(why), flnet.size),

    /** The pair of candidates in use. Statistics that fail are statistics that stay unknown. */
    pair: (peer) => peer.connection.getStats().then((report) => flnetStats.pair(report)?.id, () => undefined),

    /** How long a restart waits for its new path where the old one does as well, and a later offer for a restart. */
    patience_ms: 5000,

    /**
     * How long Firefox, when it answers, keeps the peer's candidates to itself. Its checks would else overtake its answer and its
     * candidates, and Chromium may then stay with a pair that leads to Firefox's old candidates: its statistics show no check of the
     * new ones, Firefox waits to be nominated, and nothing gets through until the restart's 30 seconds are over.
     */
    headStart_ms: 300,

    /**
     * Whether another pair than `before` carries the data, and both its ends are of the descriptions in force: Chromium tries its
     * new candidates with the peer's old ones, too, and uses what works first. Not every platform tells the ends' ufrags.
     */
    hasNewPath({ connection }, before, report) {
      const pair = flnetStats.pair(report);
      if (!pair || pair.id === before) return false;
      const isNew = (id, { sdp }) => {
        const ufrag = report.get(id)?.usernameFragment;
        return !ufrag || ufrag === sdp.match(/^a=ice-ufrag:(\S+)/m)?.[1];
      };
      return isNew(pair.localCandidateId, connection.localDescription) && isNew(pair.remoteCandidateId, connection.remoteDescription);
    },

    /**
     * With late answers Chromium stays with a pair of an old and a new candidate, or with the old pair, as long as that works. Another
     * Chromium keeps its old candidates, too; Firefox lets them go.
     */
    mayStay: ({ connection, meetsFirefox }) => connection.connectionState === 'connected' && !meetsFirefox &&
      !flnetPeer.isFirefox(connection.localDescription.sdp),

    /** Until the new path is there. No event tells of it. */
    watch: async (peer, round) => {
      const before = peer.pairBefore;
      const giveUp = performance.now() + flnetRestart.patience_ms;
      peer.watches++;
      while (peer.self && !peer.over && peer.restarting) {
        const report = await peer.connection.getStats().catch(() => undefined);
        if (report && flnetRestart.hasNewPath(peer, before, report)) break;
        if (performance.now() > giveUp && flnetRestart.mayStay(peer)) break;
        await flnet.pause(50);
      }
      peer.watches--;
      if (peer.rounds === round) flnetRestart.done(peer);
    },

    /** Firefox may fail when a description comes before the restart of the one before it has a path. */
    settled: async (peer) => {
      if (!flnetPeer.isFirefox(peer.connection.localDescription.sdp)) return;
      const giveUp = performance.now() + flnetRestart.patience_ms;
      while (peer.self && peer.watches && performance.now() < giveUp) await flnet.pause(50);
    },

    done(peer) {
      if (!peer.self || peer.over || !peer.restarting || peer.connection.signalingState === 'have-local-offer') return;
      peer.restarting = false;
      _flnet_peer_restarted(peer.self);
    },

    /** Nothing else can be offered or taken while an offer of ours waits for its answer. */
    takeBack: async (peer, why) => {
      if (peer.connection.signalingState !== 'have-local-offer') return;
      await peer.connection.setLocalDescription({ type: 'rollback' });
      if (peer.self) flnetRestart.over(peer)(why);
    },

    /** An offer that was taken and can't be answered. */
    giveBack: async (peer) => {
      if (peer.connection.signalingState === 'have-remote-offer') await peer.connection.setRemoteDescription({ type: 'rollback' });
    },
  },

  flnet_restarts_begin__deps: ['$flnet', '$flnetPeer', '$flnetRestart'],
  flnet_restarts_begin: (handle) => {
    const peer = flnet.table.get(handle);
    Object.assign(peer, { learning: 0, rounds: 0, watches: 0 });
    peer.tellLearned = (type, sdp) => {
      // Chromium's remoteDescription has lost the line that tells.
      peer.meetsFirefox = flnetPeer.isFirefox(sdp);
      if (peer.self) _flnet_peer_learned(peer.self, type === 'answer' ? 1 : 0, flnet.put(sdp), flnet.size);
    };
  },

  flnet_peer_can_restart__deps: ['$flnetRestart'],
  flnet_peer_can_restart: () => (flnetRestart.supported() ? 1 : 0),

  flnet_peer_restart__deps: ['$flnet', '$flnetPeer', '$flnetRestart'],
  flnet_peer_restart: (handle) => {
    const peer = flnet.table.get(handle);
    peer.restarting = true;
    peer.rounds++;
    flnetPeer.queue(peer, async () => {
      peer.pairBefore = await flnetRestart.pair(peer);
      peer.connection.restartIce();
      await flnetRestart.describe(peer, await peer.connection.createOffer(), _flnet_peer_restarting);
    }, (why) => {
      flnetRestart.over(peer)(why);
      flnetRestart.done(peer);
    });
  },

  flnet_peer_accept_restart_answer__deps: ['$flnet', '$flnetPeer', '$flnetRestart'],
  flnet_peer_accept_restart_answer: (handle, text, size) => {
    const peer = flnet.table.get(handle);
    const sdp = flnet.text(text, size);
    const round = peer.rounds;
    flnetRestart.learning(peer, async () => {
      await flnetPeer.learn(peer, 'answer', sdp);
      if (peer.restarting) void flnetRestart.watch(peer, round);
    }, flnetPeer.drop(peer));
  },

  flnet_peer_accept_restart__deps: ['$flnet', '$flnetPeer', '$flnetRestart'],
  flnet_peer_accept_restart: (handle, text, size) => {
    const peer = flnet.table.get(handle);
    const sdp = flnet.text(text, size);
    peer.restarting = true;
    const round = ++peer.rounds;
    flnetRestart.learning(peer, async () => {
      await flnetRestart.settled(peer);
      await flnetRestart.takeBack(peer, "the peer's goes first");
      peer.pairBefore = await flnetRestart.pair(peer);
      await flnetPeer.learn(peer, 'offer', sdp);
      await flnetRestart.describe(peer, await peer.connection.createAnswer(), _flnet_peer_described);
      void flnetRestart.watch(peer, round);
      if (flnetPeer.isFirefox(peer.connection.localDescription.sdp)) await flnet.pause(flnetRestart.headStart_ms);
    }, (why) => {
      flnetPeer.drop(peer)(`an offer that restarts ICE: ${why}`);
      flnetPeer.queue(peer, () => flnetRestart.giveBack(peer), flnetPeer.drop(peer));
      if (peer.rounds === round) flnetRestart.done(peer);
    });
  },

  // Its time is over: an offer that still waits is taken back, and a connection that has no path ends now.
  flnet_peer_end_restart__deps: ['$flnet', '$flnetPeer', '$flnetRestart'],
  flnet_peer_end_restart: (handle) => {
    const peer = flnet.table.get(handle);
    peer.restarting = false;
    flnetPeer.queue(peer, () => flnetRestart.takeBack(peer, 'no answer in time'), flnetRestart.over(peer));
    if (peer.connection.connectionState === 'failed') flnetPeer.end(peer, flnetPeer.ends.no_path, 'no path to the peer works any more');
  },
});
