// A guitar that plays four chords: Karplus and Strong's strings, noise that goes round in a loop of one period and gets a
// little duller each time.

export const sampleRate = 48_000; // which the pedal was trained for
export const seconds = 4;

const chords = [[40, 47, 52], [43, 50, 55], [45, 52, 57], [38, 45, 50]]; // MIDI notes: E, G, A and D with their fifths

/** Numbers in [-1, 1) that are the same each time. */
function makeNoise() {
    let state = 1;
    return () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 31 - 1;
    };
}

function pluck(samples, start, note, noise) {
    const period = Math.round(sampleRate / (440 * 2 ** ((note - 69) / 12)));
    let before = 0;
    const loop = Float64Array.from({ length: period }, () => (before = 0.5 * before + 0.5 * noise())); // a soft pick
    for (let i = 0; start + i < samples.length; ++i) {
        const at = i % period;
        samples[start + i] += 0.25 * loop[at];
        loop[at] = 0.499 * (loop[at] + loop[(at + 1) % period]);
    }
}

export function makeRiff() {
    const samples = new Float32Array(seconds * sampleRate), noise = makeNoise();
    chords.forEach((notes, number) => {
        const start = Math.round((number * samples.length) / chords.length);
        notes.forEach((note, string) => pluck(samples, start + string * 600, note, noise)); // one string after the other
    });
    return samples;
}
