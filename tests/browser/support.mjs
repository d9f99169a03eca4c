// What the tests of this folder share.
import { readFile } from "node:fs/promises";

/** The class Model of <folder>/<name>.mjs, and its compiled module. */
export async function load(folder, name) {
    const bytes = await readFile(`${folder}/${name}.wasm`);
    const { Model } = await import(`${folder}/${name}.mjs`);
    return { Model, bytes, module: await WebAssembly.compile(bytes) };
}

/** Tensors of a safetensors file of floats, by name: their shapes and values. */
export async function readTensors(path) {
    const file = await readFile(path);
    const size = Number(file.readBigUInt64LE(0)), data = file.subarray(8 + size);
    const { __metadata__: _, ...described } = JSON.parse(file.subarray(8, 8 + size));
    return Object.fromEntries(Object.entries(described).map(([name, { dtype, shape, data_offsets: [first, end] }]) => {
        const Type = { F32: Float32Array, I32: Int32Array }[dtype];
        return [name, { shape, values: new Type(Uint8Array.from(data.subarray(first, end)).buffer) }];
    }));
}

export function largestDifference(a, b) {
    if (a.length !== b.length) {
        throw new Error(`${a.length} values beside ${b.length}`);
    }
    return a.reduce((largest, x, i) => Math.max(largest, Math.abs(x - b[i])), 0);
}

export const isSame = (a, b) => a.length === b.length && a.every((x, i) => Object.is(x, b[i]));

/** Numbers in [-1, 1) that are the same each time. */
export function randomNumbers(count) {
    let state = 7;
    return Float32Array.from({ length: count }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 31 - 1;
    });
}

/** How often an instruction of SIMD, by its number, stands in the code of a module. */
export function countSimd(bytes, number) {
    const code = sections(bytes).find(({ id }) => id === 10).content;
    let count = 0;
    for (let i = 0; i + 2 < code.length; ++i) {
        // The prefix 0xfd, and the number in LEB128, which takes two bytes.
        count += code[i] === 0xfd && code[i + 1] === (0x80 | (number & 0x7f)) && code[i + 2] === number >> 7 ? 1 : 0;
    }
    return count;
}

/** The sections of a module: numbers and contents. */
function sections(bytes) {
    const found = [];
    for (let at = 8; at < bytes.length; ) {
        const id = bytes[at++];
        let size = 0;
        for (let shift = 0, more = true; more; shift += 7) {
            more = bytes[at] > 0x7f;
            size |= (bytes[at++] & 0x7f) << shift;
        }
        found.push({ id, content: bytes.subarray(at, at + size) });
        at += size;
    }
    return found;
}
