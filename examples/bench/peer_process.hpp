// A peer measured by a program of its own, which answers on its standard output whenever it is asked.
#pragma once

#include "contender.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace timeloom::bench {

/// Answers each line on its standard input with one on its standard output. It is ended with the object.
class PeerProcess {
  public:
    using Variables = std::map<std::string, std::string>;

    /// Starts `command`, found on the path unless it has a slash, with these environment variables as well.
    /// Throws Error when it is not there.
    PeerProcess(std::string name, const std::vector<std::string>& command, const Variables& variables);
    ~PeerProcess();
    PeerProcess(const PeerProcess&) = delete;
    PeerProcess& operator=(const PeerProcess&) = delete;

    const std::string& name() const { return name_; }
    /// The next line. Throws Error when the program ends or has ended.
    std::string answer();
    /// Wakes the program for as long as its answer takes.
    std::string ask(const std::string& request);
    /// Stops it until it is asked again.
    void rest();

  private:
    struct Streams;

    std::string name_;
    std::unique_ptr<Streams> streams_;
};

/// Starts a peer and waits until it is ready. The program answers on its standard output, one line each:
/// first {"version": …, "settings": …, "check": […]}, the numbers of Contender; to "run N" with the
/// milliseconds of N measurements. It is ended with the contender. Throws Error when it cannot be started or
/// falls silent.
Contender start_peer(const std::string& name, const std::vector<std::string>& command,
                     const PeerProcess::Variables& variables);

} // namespace timeloom::bench
