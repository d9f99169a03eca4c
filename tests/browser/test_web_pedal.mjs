// test_web_pedal.mjs PAGE SOURCE: the model of examples/browser against an LSTM written out in double.
import assert from "node:assert/strict";
import test from "node:test";

import { largestDifference, load, randomNumbers, readTensors } from "./support.mjs";

const [folder, source] = process.argv.slice(2);

/** Keras's LSTM and Dense over the samples of a sequence: gates i, f, c, o. */
function lstmAndDense(tensors, samples) {
    const find = (end) => Object.entries(tensors).find(([name]) => name.endsWith(end))[1].values;
    const kernel = find("lstm/kernel"), recurrent = find("lstm/recurrent_kernel"), bias = find("lstm/bias");
    const dense = find("dense/kernel"), denseBias = find("dense/bias");
    const units = dense.length, sigmoid = (x) => 1 / (1 + Math.exp(-x));
    let h = new Float64Array(units), c = new Float64Array(units);
    return Array.from(samples, (x) => {
        const gate = (number) => Float64Array.from(h, (_, unit) => {
            const column = number * units + unit;
            return h.reduce((sum, value, k) => sum + value * recurrent[k * 4 * units + column], x * kernel[column] + bias[column]);
        });
        const [i, f, candidate, o] = [0, 1, 2, 3].map(gate);
        c = c.map((value, unit) => sigmoid(f[unit]) * value + sigmoid(i[unit]) * Math.tanh(candidate[unit]));
        h = c.map((value, unit) => sigmoid(o[unit]) * Math.tanh(value));
        return h.reduce((sum, value, unit) => sum + value * dense[unit], denseBias[0]);
    });
}

test("the pedal is its LSTM", async () => {
    const { Model, module } = await load(folder, "pedal");
    const samples = randomNumbers(3000), output = new Float32Array(samples.length);
    assert.ok(new Model(module).process(samples, output));
    const expected = lstmAndDense(await readTensors(`${source}/pedal.safetensors`), samples);
    const difference = largestDifference(expected, output);
    console.log(`largest difference ${difference}`);
    assert.ok(difference < 2e-6, `differs by ${difference}`);
    assert.ok(Math.max(...output.map(Math.abs)) > 0.1, "it is heard");
});

test("the pedal makes something else of the riff than the riff", async () => {
    const { Model, module } = await load(folder, "pedal");
    const { makeRiff, sampleRate, seconds } = await import(`${folder}/riff.mjs`);
    const riff = makeRiff(), output = new Float32Array(riff.length);
    assert.equal(riff.length, sampleRate * seconds);
    const loudest = riff.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    assert.ok(loudest > 0.2 && loudest < 1, `the riff's loudest sample is ${loudest}`);
    assert.ok(new Model(module).process(riff, output));
    assert.ok(largestDifference(riff, output) > 0.1);
});
