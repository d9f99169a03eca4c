#include "rnn_peers.hpp"

#include "timeloom/runtime/error.hpp"

#include <nlohmann/json.hpp>

namespace timeloom::bench {

namespace {

using Variables = PeerProcess::Variables;

/// Freed memory stays with the process: a training step asks for the same blocks again and again.
const Variables keep_memory{
    {"MALLOC_MMAP_THRESHOLD_", std::to_string(32 << 20)}, // the most that glibc takes
    {"MALLOC_TRIM_THRESHOLD_", std::to_string(1 << 30)},
    {"MALLOC_TOP_PAD_", std::to_string(256 << 20)},
};

const Variables only_avx2{
    {"ONEDNN_MAX_CPU_ISA", "AVX2"},
    {"DNNL_MAX_CPU_ISA", "AVX2"},
    {"ATEN_CPU_CAPABILITY", "avx2"},
    {"XLA_FLAGS", "--xla_cpu_max_isa=AVX2"},
};

/// OpenMP's threads wait actively for a while, or sleep at once, which is faster where cores are shared.
const std::vector<Variables> openmp_choices{{}, {{"OMP_WAIT_POLICY", "passive"}}};

std::string does_all(const RnnCase&, const std::string&) { return ""; }

std::string only_infers(const RnnCase& c, const std::string&) {
    return c.work == Work::inference || c.work == Work::step ? "" : "does inference only";
}

std::string settings_of(const Variables& choice) {
    std::string text;
    for (const auto& [name, value] : choice) {
        text += ", " + name + "=" + value;
    }
    return text;
}

} // namespace

std::vector<std::string> RnnPeer::command_for(const RnnCase& c, std::size_t threads,
                                              const std::string& target) const {
    std::vector<std::string> whole = command;
    if (is_of_streams) {
        whole.front() += target == "avx2" ? "_avx2" : "_native";
    }
    whole.insert(whole.end(), {described(c).dump(), "--threads", std::to_string(threads)});
    return whole;
}

Contender RnnPeer::start(const RnnCase& c, std::size_t threads, const std::string& target) const {
    const std::vector<std::string> whole = command_for(c, threads, target);
    Contender best;
    double best_ms = 0;
    for (std::size_t i = 0; i < (threads > 1 ? choices.size() : 1); ++i) {
        Variables variables = keep_memory;
        variables.insert(choices[i].begin(), choices[i].end());
        variables["OMP_NUM_THREADS"] = std::to_string(threads);
        if (target == "avx2") {
            variables.insert(only_avx2.begin(), only_avx2.end());
        }
        Contender contender;
        try {
            contender = start_peer(name, whole, variables);
        } catch (const Error& error) {
            throw Error(error.what() + (hint.empty() ? "" : "; " + hint));
        }
        Samples trial;
        contender.run(2);
        for (int round = 0; round < (threads > 1 ? 2 : 0); ++round) {
            trial.add(contender.run(3));
        }
        if (trial.empty() || best_ms == 0 || trial.median() < best_ms) {
            best_ms = trial.empty() ? 0 : trial.median();
            contender.settings += settings_of(choices[i]);
            best = std::move(contender);
        }
    }
    return best;
}

long RnnPeer::growth_kib(const RnnCase& c, int count) const {
    PeerProcess process(name, command_for(c, 1, ""),
                        {{"OMP_NUM_THREADS", "1"}, {"TIMELOOM_BENCH_ONE_WAY", "1"}});
    process.answer();
    process.ask("run " + std::to_string(count));
    return std::stol(process.ask("growth 0"));
}

std::vector<RnnPeer> rnn_peers(const RnnPeerPlaces& places) {
    const auto python = [&](const std::string& script) {
        return std::vector<std::string>{places.python.string(), "-W", "ignore",
                                        TIMELOOM_SOURCE_DIR "/examples/bench/rnn/peers/" + script};
    };
    const auto program = [&](const std::string& name) {
        return std::vector<std::string>{(places.programs / name).string()};
    };
    const std::string rtneural =
        "'./dev bench rnn' fetches and builds it, from another checkout with RTNEURAL=FOLDER";
    const std::string neuralaudio =
        "'./dev bench rnn' fetches and builds it, from another checkout with NEURALAUDIO=FOLDER";
    const auto fits_rtneural = [](const RnnCase& c, const std::string& target) -> std::string {
        if (c.work != Work::step && c.name != "classify_lstm") {
            return "runs one row step by step, without batches";
        }
        return target == "avx2" ? "is compiled for this processor" : "";
    };
    const auto fits_onnxruntime = [](const RnnCase& c, const std::string& target) {
        return target == "avx2" ? "has no switch to keep it to AVX2" : only_infers(c, target);
    };
    std::vector<RnnPeer> peers{
        {"oneDNN", program("peer_onednn"), openmp_choices, "'./dev bench rnn' installs and builds it",
         does_all},
        {"oneDNN (newer)", program("peer_onednn_newer"), openmp_choices,
         "give CMake -DTIMELOOM_BENCH_ONEDNN=PREFIX, a newer oneDNN as it is installed", does_all},
        {"PyTorch", python("peer_torch.py"), openmp_choices, "", does_all, true},
        {"Keras", python("peer_keras.py"), {{}}, "", does_all},
        {"onnxruntime", python("peer_onnxruntime.py"), {{}}, "", fits_onnxruntime},
        {"RTNeural, Eigen", program("peer_rtneural_eigen"), {{}}, rtneural, fits_rtneural},
        {"RTNeural, xsimd", program("peer_rtneural_xsimd"), {{}}, rtneural, fits_rtneural},
    };
    const auto is_lstm = [](const RnnCase& c, const std::string&) {
        return c.cell == "lstm" ? "" : "has LSTMs only";
    };
    for (const auto& [compiler, called] : {std::pair{"gcc", "g++"}, std::pair{"clang", "clang"}}) {
        const auto add = [&, compiler = compiler, called = called](const char* name, const std::string& file,
                                                                   const std::string& hint, auto why_not) {
            peers.push_back(
                {std::string(name) + ", " + called, program(file + "_" + compiler), {{}}, hint, why_not});
            peers.back().is_of_streams = true;
        };
        add("NeuralAudio, std", "peer_neuralaudio_std", neuralaudio, is_lstm);
        add("NeuralAudio, Eigen", "peer_neuralaudio_eigen", neuralaudio, is_lstm);
        add("RTNeural, Eigen", "peer_rtneural_streams_eigen", rtneural, does_all);
        add("RTNeural, xsimd", "peer_rtneural_streams_xsimd", rtneural, does_all);
    }
    return peers;
}

} // namespace timeloom::bench
