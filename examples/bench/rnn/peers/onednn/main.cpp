// Times the cases of bench_rnn in oneDNN.
#include "network.hpp"

#include "../peer_conversation.hpp"

namespace {

struct Peer : onednn_peer::Network {
    using Network::Network;
    static std::string version() {
        const dnnl_version_t* v = dnnl_version();
        return std::to_string(v->major) + '.' + std::to_string(v->minor) + '.' + std::to_string(v->patch);
    }
};

} // namespace

int main(int argc, char** argv) { return timeloom::bench::converse<Peer>(argc, argv); }
