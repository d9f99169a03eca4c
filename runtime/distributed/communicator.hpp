// What several processes that train one model say to each other, whoever carries it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timeloom {

/// The processes of a training, its ranks, as one of them sees them: see Model's ModelOptions::communicator.
/// timeloom::mpi::Communicator carries their messages by MPI; derive others from this. All ranks make the
/// same calls in the same order, from one thread each. Where a rank has gone, calls throw Error, or end the
/// process.
class Communicator {
  public:
    virtual ~Communicator() = default;

    /// The number of this process, from 0 to size() - 1.
    virtual std::size_t rank() const = 0;
    virtual std::size_t size() const = 0;

    /// What every rank gave, by rank; each may give as many bytes as it likes.
    virtual std::vector<std::vector<std::byte>> all_gather(std::span<const std::byte> bytes) = 0;
    /// Gives sent[r] to rank r, and fills received[r] with what that gave to this one, which must be as many
    /// bytes. What a rank has for itself is left alone.
    virtual void exchange(std::span<const std::span<const std::byte>> sent,
                          std::span<const std::span<std::byte>> received) = 0;
    /// Returns when all ranks have called it.
    virtual void barrier() { all_gather({}); }
};

} // namespace timeloom
