#include "timeloom/runtime/mpi/communicator.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/mpi/pending.hpp"

#include <exception>
#include <string>

namespace timeloom::mpi {

class Communicator::Impl {
  public:
    explicit Impl(const CommunicatorOptions& options) : timeout_(options.timeout) {
        if (timeout_.count() <= 0) {
            throw Error("mpi::Communicator: the timeout is " + std::to_string(timeout_.count()) +
                        " s, but it must be positive");
        }
        start();
        check(MPI_Comm_dup(MPI_COMM_WORLD, &ranks_), "MPI_Comm_dup");
        check(MPI_Comm_set_errhandler(ranks_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
        check(MPI_Comm_rank(ranks_, &rank_), "MPI_Comm_rank");
        check(MPI_Comm_size(ranks_, &size_), "MPI_Comm_size");
    }
    ~Impl() {
        if (has_failed_ || std::uncaught_exceptions() > exceptions_) {
            return;
        }
        MPI_Comm_free(&ranks_);
        if (has_started_) {
            MPI_Finalize();
        }
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    std::size_t rank() const { return static_cast<std::size_t>(rank_); }
    std::size_t size() const { return static_cast<std::size_t>(size_); }

    /// Calls f(messages under way) for a round of messages, and waits until they have come.
    template <class F>
    void round(F&& f) {
        if (has_failed_) {
            throw Error("mpi::Communicator: an earlier message has failed; start the program again");
        }
        has_failed_ = true; // until all has gone well
        Pending pending(ranks_, timeout_);
        f(pending);
        pending.wait();
        has_failed_ = false;
    }

  private:
    void start() {
        int is_running = 0, has_ended = 0;
        check(MPI_Initialized(&is_running), "MPI_Initialized");
        check(MPI_Finalized(&has_ended), "MPI_Finalized");
        if (has_ended != 0) {
            throw Error(
                "mpi::Communicator: MPI has been ended, and cannot be started again; let one Communicator "
                "live as long as the program");
        }
        int support = MPI_THREAD_SERIALIZED;
        if (is_running != 0) {
            check(MPI_Query_thread(&support), "MPI_Query_thread");
        } else {
            check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &support), "MPI_Init_thread");
            has_started_ = true;
        }
        if (support < MPI_THREAD_FUNNELED) {
            throw Error("mpi::Communicator: MPI was started for programs of one thread; start it by "
                        "MPI_Init_thread(MPI_THREAD_SERIALIZED), or leave that to the Communicator");
        }
    }

    std::chrono::seconds timeout_;
    const int exceptions_ = std::uncaught_exceptions();
    MPI_Comm ranks_ = MPI_COMM_NULL;
    int rank_ = 0, size_ = 1;
    bool has_started_ = false, has_failed_ = false;
};

Communicator::Communicator(const CommunicatorOptions& options)
    : impl_(as_error("mpi::Communicator", [&] { return std::make_unique<Impl>(options); })) {}
Communicator::~Communicator() = default;

std::size_t Communicator::rank() const { return impl_->rank(); }
std::size_t Communicator::size() const { return impl_->size(); }

std::vector<std::vector<std::byte>> Communicator::all_gather(std::span<const std::byte> bytes) {
    return as_error("mpi::Communicator::all_gather", [&] {
        if (bytes.size() > Pending::most_of_any_size) {
            throw Error("mpi::Communicator::all_gather: a rank can give at most " +
                        std::to_string(Pending::most_of_any_size) + " bytes, but this one gives " +
                        std::to_string(bytes.size()));
        }
        std::vector<std::vector<std::byte>> gathered(size());
        gathered[rank()].assign(bytes.begin(), bytes.end());
        impl_->round([&](Pending& pending) {
            for (std::size_t other = 0; other < size(); ++other) {
                if (other != rank()) {
                    pending.send(other, bytes);
                    pending.receive_any_size(other, gathered[other]);
                }
            }
        });
        return gathered;
    });
}

void Communicator::exchange(std::span<const std::span<const std::byte>> sent,
                            std::span<const std::span<std::byte>> received) {
    as_error("mpi::Communicator::exchange", [&] {
        if (sent.size() != size() || received.size() != size()) {
            throw Error("mpi::Communicator::exchange: there are " + std::to_string(size()) +
                        " ranks, but messages to " + std::to_string(sent.size()) + " and from " +
                        std::to_string(received.size()));
        }
        impl_->round([&](Pending& pending) {
            for (std::size_t other = 0; other < size(); ++other) {
                if (other != rank()) {
                    pending.receive(other, received[other]);
                }
            }
            for (std::size_t other = 0; other < size(); ++other) {
                if (other != rank()) {
                    pending.send(other, sent[other]);
                }
            }
        });
    });
}

} // namespace timeloom::mpi
