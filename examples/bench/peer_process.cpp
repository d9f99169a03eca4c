#include "peer_process.hpp"

#include "timeloom/runtime/error.hpp"

#include <boost/process.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <memory>
#include <sstream>

namespace timeloom::bench {

namespace {

namespace process = boost::process;

class PeerProcess {
  public:
    PeerProcess(std::string name, const PeerProgram& program, const std::string& case_name,
                std::size_t threads)
        : name_(std::move(name)),
          child_(program.python.string(),
                 process::args = {"-W", "ignore", program.script.string(), case_name, "--threads",
                                  std::to_string(threads)},
                 environment(), process::std_in<requests_, process::std_out> answers_) {}

    ~PeerProcess() {
        std::error_code ignored; // it may have ended by itself
        child_.terminate(ignored);
    }
    PeerProcess(const PeerProcess&) = delete;
    PeerProcess& operator=(const PeerProcess&) = delete;

    std::string answer() {
        std::string line;
        if (!std::getline(answers_, line)) {
            throw Error(name_ + " ended without an answer; what it said stands above");
        }
        return line;
    }

    std::vector<double> run(int steps) {
        requests_ << "run " << steps << std::endl;
        std::istringstream line(answer());
        std::vector<double> milliseconds(static_cast<std::size_t>(steps));
        for (double& ms : milliseconds) {
            if (!(line >> ms)) {
                throw Error(name_ + " answered '" + line.str() + "' instead of the times of " +
                            std::to_string(steps) + " steps");
            }
        }
        return milliseconds;
    }

  private:
    /// Freed memory stays with the process: a training step asks for the same blocks again and again.
    static process::environment environment() {
        process::environment variables = boost::this_process::environment();
        variables["MALLOC_MMAP_THRESHOLD_"] = std::to_string(32 << 20); // the most that glibc takes
        variables["MALLOC_TRIM_THRESHOLD_"] = std::to_string(1 << 30);
        variables["MALLOC_TOP_PAD_"] = std::to_string(256 << 20);
        return variables;
    }

    std::string name_;
    process::opstream requests_;
    process::ipstream answers_;
    process::child child_;
};

} // namespace

Contender start_peer(const std::string& name, const PeerProgram& program, const std::string& case_name,
                     std::size_t threads) {
    if (!std::filesystem::exists(program.python)) {
        throw Error("there is no " + program.python.string() + "; './dev bench rnn' prepares it");
    }
    std::signal(SIGPIPE, SIG_IGN); // a peer that has ended shows by giving no answer
    const auto peer = std::make_shared<PeerProcess>(name, program, case_name, threads);
    const std::string greeting = peer->answer();
    const nlohmann::json ready = nlohmann::json::parse(greeting, nullptr, false);
    if (!ready.is_object() || !ready.contains("version")) {
        throw Error(name + " greeted with '" + greeting + "' instead of its version");
    }
    return {name, ready.at("version"), ready.value("settings", ""),
            [peer](int steps) { return peer->run(steps); }};
}

} // namespace timeloom::bench
