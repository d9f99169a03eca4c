// The pedal in the thread of the audio: 128 samples at a time.
import { Model } from "./pedal.mjs";

class Pedal extends AudioWorkletProcessor {
    #model;

    constructor({ processorOptions }) {
        super();
        this.#model = new Model(processorOptions.wasm);
    }

    process([[input]], [[output]]) {
        if (input !== undefined && !this.#model.process(input, output)) {
            output.fill(0); // a sample was no number
        }
        return true;
    }
}

registerProcessor("pedal", Pedal);
