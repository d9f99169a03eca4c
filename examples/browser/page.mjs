import { Model } from "./pedal.mjs";
import { makeRiff, sampleRate, seconds } from "./riff.mjs";

const level = 0.5; // at which the pedal is heard and drawn, which hands on more than 1

const element = (id) => document.getElementById(id);
const response = await fetch("pedal.wasm");
const wasm = await response.arrayBuffer();
const model = new Model(await WebAssembly.compile(wasm));
const riff = makeRiff();

/** What the pedal makes of samples, from silence on. */
export function played(samples) {
    const output = new Float32Array(samples.length);
    model.reset();
    model.process(samples, output);
    return output;
}

/** Lets an audio context play the riff, and through the pedal. */
export async function connect(context) {
    await context.audioWorklet.addModule("worklet.mjs");
    const source = new AudioBufferSourceNode(context, { loop: true });
    source.buffer = new AudioBuffer({ length: riff.length, sampleRate });
    source.buffer.copyToChannel(riff, 0);
    const volume = new GainNode(context), dry = new GainNode(context), wet = new GainNode(context);
    const pedal = new AudioWorkletNode(context, "pedal", {
        channelCount: 1, channelCountMode: "explicit", outputChannelCount: [1], processorOptions: { wasm },
    });
    source.connect(volume);
    volume.connect(dry).connect(context.destination);
    volume.connect(pedal).connect(wet).connect(context.destination);
    source.start();
    return { volume: volume.gain, dry: dry.gain, wet: wet.gain };
}

// ---- The picture ----

/** 10 ms of the riff's second chord, and what the pedal makes of them. */
function draw(samples, output) {
    const canvas = element("waves"), pen = canvas.getContext("2d");
    const first = Math.round(1.2 * sampleRate), count = Math.round(0.01 * sampleRate);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    for (const [values, scale, color] of [[samples, 1, "#888"], [output, level, "#b5341c"]]) {
        pen.strokeStyle = color;
        pen.lineWidth = 4;
        pen.beginPath();
        for (let i = 0; i < count; ++i) {
            pen.lineTo((i / (count - 1)) * canvas.width, 0.5 * (1 - scale * values[first + i]) * canvas.height);
        }
        pen.stroke();
    }
}

function update() {
    const samples = riff.map((sample) => sample * element("volume").value);
    const start = performance.now(), output = played(samples), milliseconds = performance.now() - start;
    draw(samples, output);
    element("figures").textContent =
        `The model is ${(wasm.byteLength / 1000).toFixed(1)} KB. It played ${seconds} s in ${milliseconds.toFixed(0)} ms: ` +
        `${((1e6 * milliseconds) / riff.length).toFixed(0)} ns a sample, ` +
        `${(milliseconds / (10 * seconds)).toFixed(1)} % of one core while you listen.`;
}

// ---- The sound ----

let context = null, gains = null;

function setGains() {
    if (gains !== null) {
        const through = element("through").checked;
        gains.volume.value = element("volume").value;
        gains.wet.setTargetAtTime(through ? level : 0, context.currentTime, 0.01);
        gains.dry.setTargetAtTime(through ? 0 : 1, context.currentTime, 0.01);
    }
}

async function play() {
    if (context === null) {
        context = new AudioContext({ sampleRate });
        gains = await connect(context);
    } else if (context.state === "running") {
        await context.suspend();
    } else {
        await context.resume();
    }
    setGains();
    element("play").textContent = context.state === "running" ? "Stop" : "Play";
}

element("play").addEventListener("click", play);
element("through").addEventListener("change", setGains);
element("volume").addEventListener("input", () => {
    setGains();
    update();
});
played(riff); // browsers compile for speed what was run for a while
update();
document.body.dataset.ready = "yes";
