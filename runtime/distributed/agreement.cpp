#include "timeloom/runtime/distributed/agreement.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"

#include <cstring>

namespace timeloom::detail {

namespace {

using Bytes = std::vector<std::byte>;

std::string text_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const UserException& carried) {
        return text_of(carried.exception);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "something that is no std::exception was thrown";
    }
}

void append(Bytes& message, const std::string& text) {
    const std::size_t size = text.size();
    const auto* const size_bytes = reinterpret_cast<const std::byte*>(&size);
    const auto* const text_bytes = reinterpret_cast<const std::byte*>(text.data());
    message.insert(message.end(), size_bytes, size_bytes + sizeof size);
    message.insert(message.end(), text_bytes, text_bytes + size);
}

/// Takes a text off the beginning of the bytes.
std::string take_text(std::span<const std::byte>& bytes, std::size_t rank) {
    std::size_t size = 0;
    if (bytes.size() >= sizeof size) {
        std::memcpy(&size, bytes.data(), sizeof size);
    }
    if (bytes.size() < sizeof size || bytes.size() - sizeof size < size) {
        throw Error("rank " + std::to_string(rank) +
                    " sent a message that cannot be read; run one build of one " + "program on all ranks");
    }
    const std::string text(reinterpret_cast<const char*>(bytes.data()) + sizeof size, size);
    bytes = bytes.subspan(sizeof size + size);
    return text;
}

} // namespace

std::vector<Bytes> agree(Communicator& ranks, const std::string& place, const std::exception_ptr& failure,
                         std::span<const std::byte> bytes) {
    Bytes message;
    append(message, failure ? "rank " + std::to_string(ranks.rank()) + " failed: " + text_of(failure) : "");
    append(message, place);
    message.insert(message.end(), bytes.begin(), bytes.end());
    const std::vector<Bytes> messages = ranks.all_gather(message);
    if (failure) {
        std::rethrow_exception(failure);
    }
    std::vector<Bytes> told;
    std::string elsewhere;
    for (std::size_t rank = 0; rank < messages.size(); ++rank) {
        std::span<const std::byte> rest = messages[rank];
        if (const std::string failed = take_text(rest, rank); !failed.empty()) {
            throw Error(failed);
        }
        if (const std::string other = take_text(rest, rank); other != place && elsewhere.empty()) {
            elsewhere = "rank " + std::to_string(ranks.rank()) + " is at " + place + ", but rank " +
                        std::to_string(rank) + " at " + other +
                        "; all ranks must call fit() alike, with the same data and options";
        }
        told.emplace_back(rest.begin(), rest.end());
    }
    if (!elsewhere.empty()) {
        throw Error(elsewhere);
    }
    return told;
}

} // namespace timeloom::detail
