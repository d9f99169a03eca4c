// test_web_models.mjs MODELS NATIVE EMULATOR PROGRAM: models of the tests in Node.js, as JavaScript calls them. MODELS:
// the folder with <model>.wasm and <model>.mjs; NATIVE: the build folder from which they were taken, which says what they must
// compute; EMULATOR: what runs PROGRAM, a program in C around one of them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import test from "node:test";

import { countSimd, isSame, largestDifference, load, readTensors } from "./support.mjs";

const [folder, native, emulator, program] = process.argv.slice(2);
const values = JSON.parse(execFileSync(`${native}/bin/embedded_values`, { maxBuffer: 1 << 26 }));
const byStep = ["amp", "keras_classification", "tagger", "wide"];

for (const [name, calls] of Object.entries(values)) {
    test(`${name} computes what the runtime does`, async () => {
        const { Model, module } = await load(folder, name);
        const model = new Model(module), steps = byStep.includes(name);
        let largest = 0;
        for (let round = 0; round < 2; ++round) {
            for (const { arguments: given, output } of calls) {
                const made = steps ? model.step(...given) : model.predict(...given);
                assert.equal(made.length, Model.outputs * (Model.outputSteps ?? 1));
                largest = Math.max(largest, largestDifference(made, output));
            }
            model.reset();
        }
        assert.ok(largest < 1e-6, `differs by ${largest}`);
    });
}

for (const name of byStep) {
    test(`blocks of any size have the bits of ${name}'s steps`, async () => {
        const { Model, module } = await load(folder, name);
        const stepped = new Model(module), blocked = new Model(module);
        const input = values[name].flatMap((call) => call.arguments).flat();
        const width = input.length / values[name].length;
        const steps = values[name].flatMap((call) => [...stepped.step(...call.arguments)]);
        for (const size of [1, 3, values[name].length]) {
            blocked.reset();
            const blocks = [];
            for (let first = 0; first < input.length; first += size * width) {
                const block = input.slice(first, first + size * width);
                const output = new Float32Array((block.length / width) * Model.outputs);
                assert.ok(blocked.process(block, output));
                blocks.push(...output);
            }
            assert.ok(isSame(blocks, steps), `blocks of ${size}`);
        }
    });
}

test("a block that is longer than any before, and one in place", async () => {
    const { Model, module } = await load(folder, "amp");
    const input = Float32Array.from({ length: 100_000 }, (_, i) => Math.sin(0.01 * i));
    const model = new Model(module), other = new Model(module);
    const whole = new Float32Array(input.length), pieces = new Float32Array(input.length), inPlace = input.slice();
    assert.ok(model.process(input, whole));
    for (let first = 0; first < input.length; first += 128) {
        assert.ok(other.process(input.subarray(first, first + 128), pieces.subarray(first, first + 128)));
    }
    assert.ok(isSame(pieces, whole));
    model.reset();
    assert.ok(model.process(inPlace, inPlace));
    assert.ok(isSame(inPlace, whole));
});

test("refused values leave a model as it was", async () => {
    const { Model, module } = await load(folder, "tagger");
    const refused = new Model(module), other = new Model(module);
    const x = [0.5, -1, 2];
    for (const broken of [NaN, -Infinity]) {
        assert.ok(isSame(refused.step(x), other.step(x)));
        assert.throws(() => refused.step([1, broken, 1]), { name: "RangeError", message: /^tagger: a value is not finite/ });
        const output = new Float32Array(2 * Model.outputs).fill(7);
        assert.equal(refused.process([...x, 1, broken, 1], output), false);
        assert.ok(output.every((y) => y === 7));
    }
    assert.throws(() => refused.step([1, 2]), /got 2 values and room for 4; a step reads 3 and writes 4/);
    assert.throws(() => refused.process(x, new Float32Array(3)), /got 3 values and room for 3/);

    const { Model: Words, module: wordsModule } = await load(folder, "keras_classification");
    const words = new Words(wordsModule);
    assert.throws(() => words.step(11), /out of range/);
    assert.throws(() => words.step(-1), /out of range/);
    assert.ok(largestDifference(words.step(3), values.keras_classification[0].output) < 1e-6);

    const { Model: Everything, module: everythingModule } = await load(folder, "everything");
    const everything = new Everything(everythingModule);
    const [{ arguments: [xs, steps, ids], output }] = values.everything;
    assert.throws(() => everything.predict(xs, 13, ids), /out of range/);
    assert.throws(() => everything.predict(xs, steps, [1, 2, 3, 4, 9]), /out of range/);
    assert.throws(() => everything.predict(xs.slice(1), steps, ids), /everything: input 0 has 47 values instead of 48/);
    assert.ok(largestDifference(everything.predict(xs, steps, ids), output) < 1e-6);
});

test("modules ask for nothing, are small, and calculate with vectors", async () => {
    for (const name of Object.keys(values)) {
        const { bytes, module } = await load(folder, name);
        assert.deepEqual(WebAssembly.Module.imports(module), [], name);
        const [add, multiply] = [228, 230].map((number) => countSimd(bytes, number)); // f32x4.add, f32x4.mul
        console.log(`${name}: ${bytes.length} bytes, ${add} f32x4.add, ${multiply} f32x4.mul`);
        assert.ok(add > 10 && multiply > 10, `${name}: ${add} sums and ${multiply} products of vectors`);
    }
    const { bytes } = await load(folder, "amp");
    assert.ok(bytes.length < 40_000, `${bytes.length} bytes`);
});

// ---- Imported models against their replay vectors, which were computed in double ----

for (const name of ["imported_amp", "imported_cell", "imported_words"]) {
    const path = `${native}/tests/import/${name}.imported/replay.safetensors`;
    test(`${name} replays`, { skip: !existsSync(path) && "the native build has no import_model" }, async () => {
        const { Model, module } = await load(folder, name);
        const { output, ...inputs } = await readTensors(path);
        const [input] = Object.values(inputs);
        const [samples, steps] = input.shape;
        const sample = ({ values }, s) => values.subarray((s * values.length) / samples, ((s + 1) * values.length) / samples);
        for (let s = 0; s < samples; ++s) {
            const model = new Model(module), made = new Float32Array(output.values.length / samples);
            if (model.predict) {
                made.set(model.predict(sample(input, s)));
            } else {
                assert.equal(made.length, steps * Model.outputs);
                assert.ok(model.process(sample(input, s), made));
            }
            const difference = largestDifference(made, sample(output, s));
            assert.ok(difference < 2e-6, `differs by ${difference}`);
        }
    });
}

// ---- The program in C ----

/** 0x1.8p-3, as C's %a prints it. */
function readHexadecimal(text) {
    const [, sign, whole, digits = "", exponent] = /^(-?)0x([01])\.?([0-9a-f]*)p([+-]\d+)$/.exec(text);
    return (sign ? -1 : 1) * (Number(whole) + (digits ? parseInt(digits, 16) / 16 ** digits.length : 0)) * 2 ** Number(exponent);
}

test("a program in C computes what JavaScript does, and no file is read", async () => {
    const { Model, module } = await load(folder, "amp");
    const [command, ...options] = emulator.split("\n");
    const printed = execFileSync(command, [...options, program]).toString().trim().split("\n").map(readHexadecimal);
    const model = new Model(module);
    const made = (first, count) => Array.from({ length: count }, (_, i) => model.step([(((first + i) * 37) % 101 - 50) / 64])[0]);
    const first = made(0, 40), then = made(0, 3);
    assert.ok(isSame(printed, [...first, ...then, ...then, ...first]));
});
