#include "peer_process.hpp"

#include "timeloom/runtime/error.hpp"

#include <boost/process.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <sstream>

namespace timeloom::bench {

namespace {

namespace process = boost::process;

process::environment environment(const PeerProcess::Variables& variables) {
    process::environment all = boost::this_process::environment();
    for (const auto& [name, value] : variables) {
        all[name] = value;
    }
    return all;
}

std::string found(const std::string& peer, const std::string& program) {
    const bool is_path = program.find('/') != std::string::npos;
    const std::string path = is_path ? program : process::search_path(program).string();
    if (path.empty() || !std::filesystem::exists(path)) {
        throw Error("there is no program " + program + " for " + peer + "; './dev bench' prepares it");
    }
    return path;
}

} // namespace

struct PeerProcess::Streams {
    Streams(const std::string& program, const std::vector<std::string>& arguments, const Variables& variables)
        : child(program, process::args = arguments, environment(variables),
                process::std_in<requests, process::std_out> answers) {}

    process::opstream requests;
    process::ipstream answers;
    process::child child;
};

PeerProcess::PeerProcess(std::string name, const std::vector<std::string>& command,
                         const Variables& variables)
    : name_(std::move(name)) {
    std::signal(SIGPIPE, SIG_IGN); // a peer that has ended shows by giving no answer
    const std::vector<std::string> arguments(command.begin() + 1, command.end());
    streams_ = std::make_unique<Streams>(found(name_, command.front()), arguments, variables);
}

PeerProcess::~PeerProcess() {
    std::error_code ignored; // it may have ended by itself
    streams_->child.terminate(ignored);
}

std::string PeerProcess::answer() {
    std::string line;
    if (!std::getline(streams_->answers, line)) {
        throw Error(name_ + " ended without an answer; what it said stands above");
    }
    return line;
}

/// Its threads may go on spinning for a while after their work, on cores that others then measure on.
void PeerProcess::rest() { ::kill(streams_->child.id(), SIGSTOP); }

std::string PeerProcess::ask(const std::string& request) {
    ::kill(streams_->child.id(), SIGCONT);
    streams_->requests << request << std::endl;
    std::string answered = answer();
    rest();
    return answered;
}

namespace {

std::vector<double> run_peer(PeerProcess& peer, int count) {
    std::istringstream line(peer.ask("run " + std::to_string(count)));
    std::vector<double> milliseconds(static_cast<std::size_t>(count));
    for (double& ms : milliseconds) {
        if (!(line >> ms)) {
            throw Error(peer.name() + " answered '" + line.str() + "' instead of " + std::to_string(count) +
                        " times");
        }
    }
    return milliseconds;
}

} // namespace

Contender start_peer(const std::string& name, const std::vector<std::string>& command,
                     const PeerProcess::Variables& variables) {
    const auto peer = std::make_shared<PeerProcess>(name, command, variables);
    const std::string greeting = peer->answer();
    peer->rest();
    const nlohmann::json ready = nlohmann::json::parse(greeting, nullptr, false);
    if (!ready.is_object() || !ready.contains("version")) {
        throw Error(name + " greeted with '" + greeting + "' instead of its version");
    }
    return {name, ready.at("version"), ready.at("settings"), ready.at("check"),
            [peer](int count) { return run_peer(*peer, count); }};
}

} // namespace timeloom::bench
