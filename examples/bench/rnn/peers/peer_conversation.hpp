// What every C++ peer program says and hears; peer_process.hpp describes the conversation.
#pragma once

#include "../../resident_memory.hpp"
#include "peer_case.hpp"

#include <chrono>
#include <exception>
#include <iostream>
#include <string>

namespace timeloom::bench {

/// main() of a peer. `Peer` is made of a PeerCase and has version(), settings(), check() and run(), and where
/// it runs streams time_steps(signal, count).
template <class Peer>
int converse(int argc, char** argv) {
    try {
        if (argc < 2) {
            throw std::runtime_error("name a case");
        }
        const long at_start = resident_kib("VmRSS");
        const PeerCase c(argv[1]);
        Peer peer(c);
        const nlohmann::json greeting{
            {"version", peer.version()}, {"check", peer.check()}, {"settings", peer.settings()}};
        std::cout << greeting.dump() << std::endl;
        std::string request;
        int count = 0;
        while (std::cin >> request >> count) {
            if (request == "growth") {
                std::cout << resident_kib("VmHWM") - at_start << std::endl;
                continue;
            }
            if constexpr (requires { peer.time_steps(request, count); }) {
                if (request != "run") {
                    std::cout << peer.time_steps(request, count).json().dump() << std::endl;
                    continue;
                }
            }
            for (int i = 0; i < count; ++i) {
                const auto start = std::chrono::steady_clock::now();
                for (int repeat = 0; repeat < c.repeat; ++repeat) {
                    peer.run();
                }
                const std::chrono::duration<double, std::milli> time =
                    std::chrono::steady_clock::now() - start;
                std::cout << time.count() / c.repeat << ' ';
            }
            std::cout << std::endl;
        }
    } catch (const std::exception& error) {
        std::cerr << argv[0] << ": " << error.what() << '\n';
        return 1;
    }
    return 0;
}

} // namespace timeloom::bench
