// nodejs run_wasi.mjs PROGRAM.wasm [ARGUMENT]...: runs a program in Node.js, in the folder where this is called.
import { readFile } from "node:fs/promises";
import process from "node:process";
import { WASI } from "node:wasi";

const [program, ...others] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: [program, ...others], env: process.env, preopens: { "/": "/", ".": "." } });
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });
process.exitCode = wasi.start(instance);
