// SPDX-License-Identifier: MIT OR Apache-2.0
// Lets a test program built as WASM see Node's environment: FLNET_WORLDS, FLNET_SEED and GoogleTest's own.
if (globalThis.process?.versions?.node) Module['preRun'] = () => Object.assign(ENV, process.env);
