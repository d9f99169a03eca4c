#include "timeloom/runtime/mpi/pending.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <thread>

namespace timeloom::mpi {

namespace {

constexpr int tag = 1;
constexpr std::size_t largest_piece = Pending::most_of_any_size; ///< MPI counts with int

/// Calls f(pieces of the bytes), at least once.
template <class Bytes, class F>
void for_each_piece(Bytes bytes, F&& f) {
    do {
        const std::size_t count = std::min(bytes.size(), largest_piece);
        f(bytes.data(), static_cast<int>(count));
        bytes = bytes.subspan(count);
    } while (!bytes.empty());
}

} // namespace

void check(int result, const char* function) {
    if (result != MPI_SUCCESS) {
        std::array<char, MPI_MAX_ERROR_STRING> text{};
        int size = 0;
        MPI_Error_string(result, text.data(), &size);
        throw Error(std::string(function) + " failed: " + text.data() +
                    "; start the program again, which goes on from its checkpoint");
    }
}

/// What was to be received is no more expected, so that its memory may go.
Pending::~Pending() {
    for (std::size_t i = 0; i < requests_.size(); ++i) {
        if (requests_[i] != MPI_REQUEST_NULL && is_receive_[i]) {
            MPI_Cancel(&requests_[i]);
            MPI_Wait(&requests_[i], MPI_STATUS_IGNORE);
        }
    }
}

void Pending::add(MPI_Request request, int rank, bool is_receive) {
    requests_.push_back(request);
    request_ranks_.push_back(rank);
    is_receive_.push_back(is_receive);
}

void Pending::send(std::size_t rank, std::span<const std::byte> bytes) {
    const int to = static_cast<int>(rank);
    for_each_piece(bytes, [&](const std::byte* data, int count) {
        MPI_Request request = MPI_REQUEST_NULL;
        check(MPI_Isend(data, count, MPI_BYTE, to, tag, ranks_, &request), "MPI_Isend");
        add(request, to, false);
    });
}

void Pending::receive(std::size_t rank, std::span<std::byte> bytes) {
    const int from = static_cast<int>(rank);
    for_each_piece(bytes, [&](std::byte* data, int count) {
        MPI_Request request = MPI_REQUEST_NULL;
        check(MPI_Irecv(data, count, MPI_BYTE, from, tag, ranks_, &request), "MPI_Irecv");
        add(request, from, true);
    });
}

void Pending::receive_any_size(std::size_t rank, std::vector<std::byte>& bytes) {
    expected_.push_back({static_cast<int>(rank), &bytes});
}

/// Begins to receive what has begun to come. Returns whether nothing is expected any more.
bool Pending::find_expected() {
    std::erase_if(expected_, [&](const Expected& expected) {
        int has_come = 0, size = 0;
        MPI_Message message = MPI_MESSAGE_NULL;
        MPI_Status status;
        check(MPI_Improbe(expected.rank, tag, ranks_, &has_come, &message, &status), "MPI_Improbe");
        if (has_come != 0) {
            check(MPI_Get_count(&status, MPI_BYTE, &size), "MPI_Get_count");
            expected.bytes->resize(static_cast<std::size_t>(size));
            MPI_Request request = MPI_REQUEST_NULL;
            check(MPI_Imrecv(expected.bytes->data(), size, MPI_BYTE, &message, &request), "MPI_Imrecv");
            add(request, expected.rank, true);
        }
        return has_come != 0;
    });
    return expected_.empty();
}

bool Pending::all_done() {
    int done = 0;
    const bool all_found = find_expected();
    check(MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &done, MPI_STATUSES_IGNORE),
          "MPI_Testall");
    return all_found && done != 0;
}

void Pending::wait() {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point begin = Clock::now();
    for (std::size_t turn = 1; !all_done(); ++turn) {
        if (turn % 64 == 0) { // others may have to compute on this processor
            std::this_thread::yield();
            if (Clock::now() - begin > timeout_) {
                give_up();
            }
        }
    }
}

void Pending::give_up() {
    std::set<int> silent;
    for (const Expected& expected : expected_) {
        silent.insert(expected.rank);
    }
    for (std::size_t i = 0; i < requests_.size(); ++i) {
        int done = 1;
        if (requests_[i] != MPI_REQUEST_NULL) {
            MPI_Test(&requests_[i], &done, MPI_STATUS_IGNORE);
        }
        if (done == 0) {
            silent.insert(request_ranks_[i]);
        }
    }
    std::string names;
    for (const int rank : silent) {
        names += (names.empty() ? "" : ", ") + std::to_string(rank);
    }
    throw Error("nothing has come from rank " + names + " for " + std::to_string(timeout_.count()) +
                " s; it has died, or computes longer than mpi::CommunicatorOptions::timeout");
}

} // namespace timeloom::mpi
