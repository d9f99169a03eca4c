// test_web_page.mjs PAGE BROWSER: the page of examples/browser in a real browser, headless; beside it a picture of it.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import test from "node:test";

import { Page, serve } from "./chromium.mjs";
import { isSame, largestDifference, load } from "./support.mjs";

const [folder, browser] = process.argv.slice(2);
const skip = !existsSync(browser) && "there is no browser (Debian: chromium)";
if (skip) {
    console.log(`skipped: ${skip}`);
}

/** An expression whose value is that of an asynchronous function's body in the page. */
const inPage = (body) => `(async () => { const { played, connect } = await import("./page.mjs");
    const { makeRiff, sampleRate } = await import("./riff.mjs"); ${body} })()`;

test("the page", { skip }, async (t) => {
    const server = await serve(folder);
    const page = await Page.open(browser, server.url);
    t.after(async () => {
        await page.close();
        server.close();
    });
    await page.until("document.body?.dataset.ready === 'yes'");

    const { Model, module } = await load(folder, "pedal");
    const { makeRiff } = await import(`${folder}/riff.mjs`);
    const riff = makeRiff(), expected = new Float32Array(riff.length);
    new Model(module).process(riff, expected);

    await t.test("computes in the browser what Node.js does, to the bit", async () => {
        const made = await page.value(inPage("return [...played(makeRiff())]"));
        assert.ok(isSame(made, [...expected]));
    });

    await t.test("plays the same in the thread of the audio", async () => {
        const made = await page.value(inPage(`
            const context = new OfflineAudioContext(1, sampleRate, sampleRate);
            const { dry } = await connect(context);
            dry.value = 0;
            return [...(await context.startRendering()).getChannelData(0)]`));
        const difference = largestDifference(made, [...expected.subarray(0, made.length)]);
        assert.ok(difference < 1e-6, `differs by ${difference}`);
    });

    await t.test("draws, and says what it costs", async () => {
        assert.match(await page.value("document.getElementById('figures').textContent"), /^The model is \d+\.\d KB\. .*ns a sample/);
        const colors = await page.value(`(() => {
            const canvas = document.getElementById("waves");
            const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            const found = { grey: 0, red: 0 };
            for (let i = 0; i < data.length; i += 4) {
                if (data[i + 3] === 255) found[data[i] > data[i + 1] + 60 ? "red" : "grey"]++;
            }
            return found;
        })()`);
        assert.ok(colors.red > 1000 && colors.grey > 1000, JSON.stringify(colors));
    });

    await t.test("plays and stops at a click", async () => {
        await page.value("document.getElementById('play').click()");
        await page.until("document.getElementById('play').textContent === 'Stop'");
        await writeFile(`${folder}/page.png`, await page.picture());
        await page.value("document.getElementById('play').click()");
        await page.until("document.getElementById('play').textContent === 'Play'");
    });

    assert.deepEqual(page.messages, []);
});
