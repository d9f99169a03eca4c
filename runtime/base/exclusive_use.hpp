// One thread at a time inside an object.
#pragma once

#include "timeloom/runtime/error.hpp"

#include <atomic>
#include <string>
#include <thread>

namespace timeloom::detail {

/// A thread that is inside may enter again, as callbacks do; another one is refused.
class ExclusiveUse {
  public:
    /// Inside for as long as it lives.
    class Scope {
      public:
        /// Throws Error, naming `what` was called, where another thread is inside.
        Scope(ExclusiveUse& use, const char* what) : use_(use) { use.enter(what); }
        ~Scope() { use_.leave(); }
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

      private:
        ExclusiveUse& use_;
    };

  private:
    void enter(const char* what) {
        const std::thread::id me = std::this_thread::get_id();
        std::thread::id nobody;
        if (owner_.load(std::memory_order_relaxed) != me &&
            !owner_.compare_exchange_strong(nobody, me, std::memory_order_acquire)) {
            throw Error(std::string(what) +
                        ": another thread is using this object; wait until it is done, or " +
                        "give each thread one of its own");
        }
        ++depth_;
    }
    void leave() {
        if (--depth_ == 0) {
            owner_.store({}, std::memory_order_release);
        }
    }

    std::atomic<std::thread::id> owner_{};
    int depth_ = 0; ///< of the owner
};

} // namespace timeloom::detail
