// SPDX-License-Identifier: MIT OR Apache-2.0
// One side of a measurement in plain JavaScript: what peer_side.cpp does, with nothing between it and the browser.

/**
 * Sending pauses above the one and goes on below the other: what is best for this browser, tried with 16 KiB to 16 MiB. With
 * more, Chromium all but stands still for seconds at 0.5 to 16 KiB a message.
 */
const kib = 1024;
const [most_buffered, low_buffered] = navigator.userAgent.includes('Firefox') ? [1024 * kib, 256 * kib] : [64 * kib, 16 * kib];
const warm_up_rounds = 200;

function count(channel, tell, listen) {
  let bytes = 0;
  let messages = 0;
  channel.onmessage = ({ data }) => {
    bytes += data.byteLength;
    messages += 1;
  };
  listen('count', () => tell(`counted ${bytes} ${messages} ${performance.now() / 1000}`));
}

function echo(channel) {
  channel.onmessage = ({ data }) => channel.send(data);
}

function flood(channel, size) {
  const message = new Uint8Array(size).fill(7);
  const fill = () => {
    let buffered = channel.bufferedAmount;
    for (; buffered <= low_buffered || buffered + size <= most_buffered; buffered += size) channel.send(message);
  };
  channel.bufferedAmountLowThreshold = low_buffered;
  channel.onbufferedamountlow = fill;
  fill();
}

function rounds(channel, number, tell) {
  const message = new Uint8Array(64).fill(7);
  const times = [];
  let left = number + warm_up_rounds;
  let started = 0;
  const send = () => {
    started = performance.now();
    channel.send(message);
  };
  channel.onmessage = () => {
    if (left <= number) times.push((performance.now() - started) * 1000);
    left -= 1;
    if (left) send();
    else tell(`times ${times.map((time) => time.toFixed(1)).join(' ')}`);
  };
  send();
}

function play(channel, role, number, tell, listen) {
  if (role === 'count') count(channel, tell, listen);
  if (role === 'echo') echo(channel);
  if (role === 'flood') flood(channel, number);
  if (role === 'rounds') rounds(channel, number, tell);
}

/** Begins as `role`; `tell` takes words to the other side and the driver. Answers what takes theirs. */
export function begin(role, number, tell) {
  const connection = new RTCPeerConnection();
  const listeners = {};
  const opened = (channel) => {
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => {
      tell('open');
      play(channel, role, number, tell, (word, call) => { listeners[word] = call; });
    };
  };
  const describe = async (kind) => {
    await connection.setLocalDescription();
    tell(`${kind} ${connection.localDescription.sdp}`);
  };
  connection.onicecandidate = ({ candidate }) => tell(`candidate ${candidate?.candidate ?? ''}`);
  connection.ondatachannel = ({ channel }) => opened(channel);
  listeners.offer = async (sdp) => {
    await connection.setRemoteDescription({ type: 'offer', sdp });
    await describe('answer');
  };
  listeners.answer = (sdp) => connection.setRemoteDescription({ type: 'answer', sdp });
  listeners.candidate = (candidate) => connection.addIceCandidate({ candidate, sdpMLineIndex: 0 });
  if (role === 'flood' || role === 'rounds') {
    opened(connection.createDataChannel('data'));
    describe('offer');
  }
  // One after the other: a candidate may be here before its description has been taken.
  let last = Promise.resolve();
  return (words) => {
    const [kind] = words.split(' ', 1);
    last = last.then(() => listeners[kind]?.(words.slice(kind.length + 1)));
  };
}
