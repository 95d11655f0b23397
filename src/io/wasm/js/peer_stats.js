// SPDX-License-Identifier: MIT OR Apache-2.0
// How a connection stands: its states at once, its path and round trip by statistics.
addToLibrary({
  $flnetStats__deps: ['$flnet', 'flnet_peer_stats'],
  $flnetStats: {
    /** The pair of candidates that carries the data. */
    pair(report) {
      let chosen;
      report.forEach((entry) => {
        if (entry.type === 'transport' && entry.selectedCandidatePairId) chosen = report.get(entry.selectedCandidatePairId);
        if (entry.type === 'candidate-pair' && !chosen && (entry.selected || (entry.nominated && entry.state === 'succeeded'))) {
          chosen = entry;
        }
      });
      return chosen;
    },

    tell(peer, report) {
      const pair = flnetStats.pair(report);
      if (!pair || !peer.self) return;
      const kinds = ['', 'host', 'prflx', 'srflx', 'relay'];
      const ends = [pair.localCandidateId, pair.remoteCandidateId].map((id) => report.get(id) ?? {});
      const address = ({ address, ip, port }) => {
        const host = address ?? ip;
        return host ? `${host.includes(':') ? `[${host}]` : host}:${port}` : '';
      };
      const seconds = pair.currentRoundTripTime ?? -1;
      const kind = ({ candidateType }) => Math.max(0, kinds.indexOf(candidateType));
      _flnet_peer_stats(peer.self, kind(ends[0]), kind(ends[1]), seconds,
        flnet.put(`${address(ends[0])}\n${address(ends[1])}`), flnet.size);
    },
  },

  // The numbers are those of ConnectionStateMap's types, 4 bits each; no channel is 15.
  flnet_peer_states__deps: ['$flnet'],
  flnet_peer_states: (handle) => {
    const { connection, channel } = flnet.table.get(handle);
    const gathering = ['new', 'gathering', 'complete'].indexOf(connection.iceGatheringState);
    const ice = ['new', 'checking', 'connected', 'completed', 'failed', 'disconnected', 'closed']
      .indexOf(connection.iceConnectionState);
    const data = channel ? ['connecting', 'open', 'closing', 'closed'].indexOf(channel.readyState) : 15;
    return Math.max(0, gathering) | Math.max(0, ice) << 4 | (data & 15) << 8;
  },

  // Statistics that fail are statistics that stay unknown.
  flnet_peer_poll__deps: ['$flnet', '$flnetStats'],
  flnet_peer_poll: (handle) => {
    const peer = flnet.table.get(handle);
    peer.connection.getStats().then((report) => flnetStats.tell(peer, report), () => {});
  },
});
