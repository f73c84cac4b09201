// face-api, to be measured; see protocol.py.
//
//     node face_api_worker.cjs FOLDER FINDER      folder with node_modules; "ssd" or "tiny"
//
// Everything else is face-api's default. Its wasm backend has SIMD, and under Node one thread.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { createRequire } = require('node:module');

console.log = console.info = console.warn = console.error; // answers alone go to standard output

const [folder, finder] = process.argv.slice(2);
const load = createRequire(path.join(path.resolve(folder), 'package.json'));
const ORDER = ['angry', 'disgusted', 'fearful', 'happy', 'sad', 'surprised', 'neutral']; // FER2013's

let ready;

async function prepare() {
  const tf = load('@tensorflow/tfjs');
  const wasm = load('@tensorflow/tfjs-backend-wasm');
  const faceapi = load('@vladmandic/face-api/dist/face-api.node-wasm.js');
  wasm.setWasmPaths(path.dirname(load.resolve('@tensorflow/tfjs-backend-wasm/package.json')) + '/dist/');
  await tf.setBackend('wasm');
  await tf.ready();
  if (tf.getBackend() !== 'wasm') throw new Error(`the backend is ${tf.getBackend()}, not wasm`);
  const weights = path.dirname(load.resolve('@vladmandic/face-api/package.json')) + '/model';
  const net = finder === 'ssd' ? faceapi.nets.ssdMobilenetv1 : faceapi.nets.tinyFaceDetector;
  await net.loadFromDisk(weights);
  await faceapi.nets.faceExpressionNet.loadFromDisk(weights);
  const options = finder === 'ssd' ? new faceapi.SsdMobilenetv1Options() : new faceapi.TinyFaceDetectorOptions();
  return { tf, faceapi, options };
}

async function timed({ tf, faceapi, options }, request) {
  const pixels = new Uint8Array(fs.readFileSync(request.file));
  const image = tf.tensor3d(pixels, [480, 640, 3], 'int32');
  const found = request.do === 'face' ? await faceapi.detectAllFaces(image, options) : [];
  const largest = found.sort((a, b) => b.box.area - a.box.area).slice(0, 1);
  const ms = [];
  let faces = 1;
  for (let repeat = 0; repeat < request.repeats; repeat += 1) {
    const start = performance.now();
    if (request.do === 'face') { // what withFaceExpressions() does
      const crops = await faceapi.extractFaceTensors(image, largest);
      for (const crop of crops) await faceapi.nets.faceExpressionNet.predictExpressions(crop);
      for (const crop of crops) crop.dispose();
    } else {
      faces = (await faceapi.detectAllFaces(image, options).withFaceExpressions()).length;
    }
    ms.push(performance.now() - start);
  }
  image.dispose();
  return { ms, faces };
}

async function film({ tf, faceapi, options }, request) { // frame by frame: it knows no films
  const pixels = new Uint8Array(fs.readFileSync(request.file));
  const size = 480 * 640 * 3;
  const frames = Array.from({ length: pixels.length / size }, (_, index) =>
    tf.tensor3d(pixels.subarray(index * size, (index + 1) * size), [480, 640, 3], 'int32'));
  const ms = [];
  let faces = 0;
  for (let repeat = 0; repeat < request.repeats; repeat += 1) {
    const start = performance.now();
    for (const frame of frames) {
      faces = (await faceapi.detectAllFaces(frame, options).withFaceExpressions()).length;
    }
    ms.push((performance.now() - start) / frames.length);
  }
  for (const frame of frames) frame.dispose();
  return { ms, faces };
}

async function shares({ tf, faceapi }, request) {
  const pixels = new Uint8Array(fs.readFileSync(request.file));
  const size = 48 * 48;
  const result = new Float32Array((pixels.length / size) * ORDER.length);
  for (let index = 0; index * size < pixels.length; index += 1) {
    const crop = tf.tidy(() => tf.tile(
      tf.tensor3d(pixels.subarray(index * size, (index + 1) * size), [48, 48, 1], 'int32'), [1, 1, 3]));
    const answer = await faceapi.nets.faceExpressionNet.predictExpressions(crop);
    crop.dispose();
    result.set(ORDER.map((name) => answer[name]), index * ORDER.length);
  }
  fs.writeFileSync(`${request.out}.label`, Buffer.from(result.buffer));
  return {};
}

function about() {
  const peak = fs.readFileSync('/proc/self/status', 'utf8').match(/VmHWM:\s+(\d+)/);
  const names = ['@vladmandic/face-api', '@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'];
  const versions = Object.fromEntries(names.map((name) => [name, load(`${name}/package.json`).version]));
  return { peak_memory: Number(peak[1]) * 1024, versions: { ...versions, node: process.versions.node } };
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    ready ??= await prepare();
    const answer = request.do === 'about' ? about()
      : request.do === 'shares' ? await shares(ready, request)
      : request.do === 'film' ? await film(ready, request) : await timed(ready, request);
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
}

main().catch((error) => { console.error(error); process.exit(1); });
