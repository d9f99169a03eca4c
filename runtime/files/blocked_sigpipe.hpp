// Keeps a reader that goes away from ending the program.
#pragma once

#include <csignal>
#include <ctime>

namespace timeloom::detail {

/// Blocks SIGPIPE on this thread while it lives, so that writing into a pipe without readers fails with
/// EPIPE.
class BlockedSigpipe {
  public:
    BlockedSigpipe() {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
    }
    ~BlockedSigpipe() {
        const timespec at_once{};
        if (sigismember(&before_, SIGPIPE) == 0) {
            sigtimedwait(&sigpipe_, nullptr, &at_once);
        }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    BlockedSigpipe(const BlockedSigpipe&) = delete;
    BlockedSigpipe& operator=(const BlockedSigpipe&) = delete;

  private:
    sigset_t sigpipe_;
    sigset_t before_;
};

} // namespace timeloom::detail
