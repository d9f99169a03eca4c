#include "timeloom/generators/import/containers/hdf5_content.hpp"

#include "timeloom/generators/import/containers/hdf5_walk.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace timeloom::importing {

namespace {

/// The processor time that reading may take: damaged files send the library round in circles.
std::chrono::microseconds most_time(std::size_t bytes) {
    return std::chrono::milliseconds(200) + std::chrono::microseconds(bytes / 10);
}
/// The memory that reading may take; any amount under the address sanitizer, which reserves terabytes.
rlim_t most_memory([[maybe_unused]] std::size_t bytes) {
#ifdef __SANITIZE_ADDRESS__
    return RLIM_INFINITY;
#else
    return (rlim_t{1} << 30) + 64 * bytes;
#endif
}

/// Writes records to a pipe: a letter, and texts and numbers with their lengths.
class Sender {
  public:
    explicit Sender(int pipe) : pipe_(pipe) {}
    void bytes(const void* data, std::size_t size) const {
        const char* at = static_cast<const char*>(data);
        while (size > 0) {
            const ::ssize_t written = ::write(pipe_, at, size);
            if (written < 0 && errno == EINTR)
                continue;
            if (written <= 0)
                ::_exit(1);
            at += written;
            size -= static_cast<std::size_t>(written);
        }
    }
    void number(std::uint64_t n) const { bytes(&n, sizeof n); }
    void text(const std::string& s) const {
        number(s.size());
        bytes(s.data(), s.size());
    }
    void kind(char letter) const { bytes(&letter, 1); }

  private:
    int pipe_;
};

/// The process that reads the file. It ends without the destructors of the one that it was made from.
[[noreturn]] void send_content(std::string_view bytes, int pipe) {
    const rlimit no_core{0, 0}, memory{most_memory(bytes.size()), most_memory(bytes.size())};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::setrlimit(RLIMIT_DATA, &memory);
    const auto time = most_time(bytes.size()).count();
    const itimerval timer{{0, 0}, {time / 1000000, time % 1000000}};
    ::setitimer(ITIMER_PROF, &timer, nullptr); // whose signal ends the process
    const Sender to(pipe);
    try {
        walk_hdf5(bytes, {[&](const std::string& path, const std::vector<std::uint64_t>& shape,
                              const std::vector<float>& values) {
                              to.kind('t');
                              to.text(path);
                              to.number(shape.size());
                              for (const std::uint64_t extent : shape)
                                  to.number(extent);
                              to.number(values.size());
                              to.bytes(values.data(), values.size() * sizeof(float));
                          },
                          [&](const std::string& name, const std::vector<std::string>& texts) {
                              to.kind('a');
                              to.text(name);
                              to.number(texts.size());
                              for (const std::string& text : texts)
                                  to.text(text);
                          }});
        to.kind('e');
    } catch (const std::exception& error) {
        to.kind('x');
        to.text(error.what());
    }
    ::_exit(0);
}

std::string receive_all(int pipe) {
    std::string all;
    std::vector<char> part(1 << 16);
    for (::ssize_t count = 1; count != 0;) {
        count = ::read(pipe, part.data(), part.size());
        if (count < 0 && errno != EINTR)
            break;
        all.append(part.data(), static_cast<std::size_t>(std::max<::ssize_t>(count, 0)));
    }
    return all;
}

/// Reads the records again; what does not hold together means that the library went astray.
class Receiver {
  public:
    explicit Receiver(std::string_view bytes) : bytes_(bytes) {}

    Hdf5Content content() {
        Hdf5Content result;
        for (char kind = letter(); kind != 'e'; kind = letter()) {
            if (kind == 'x')
                throw Error(text());
            if (kind == 't')
                add_tensor(result);
            else if (kind == 'a')
                add_texts(result);
            else
                lost();
        }
        return result;
    }

  private:
    [[noreturn]] static void lost() {
        throw Error(
            "the HDF5 library could not read it to its end; it is damaged, so copy it again or save again");
    }
    std::string_view take(std::uint64_t size) {
        if (size > bytes_.size())
            lost();
        const std::string_view part = bytes_.substr(0, static_cast<std::size_t>(size));
        bytes_.remove_prefix(part.size());
        return part;
    }
    char letter() { return take(1)[0]; }
    std::uint64_t number() {
        std::uint64_t n = 0;
        std::memcpy(&n, take(sizeof n).data(), sizeof n);
        return n;
    }
    std::string text() { return std::string(take(number())); }

    void add_tensor(Hdf5Content& to) {
        const std::string path = text();
        std::vector<std::size_t> extents;
        for (std::uint64_t axes = number(); axes > 0 && extents.size() <= Shape::max_rank; --axes)
            extents.push_back(number());
        const Shape shape(extents);
        if (number() != shape.size() || shape.size() > bytes_.size() / sizeof(float))
            lost();
        Tensor values(shape);
        const std::string_view data = take(shape.size() * sizeof(float));
        if (!data.empty())
            std::memcpy(values.data(), data.data(), data.size());
        to.tensors.emplace(path, std::move(values));
    }
    void add_texts(Hdf5Content& to) {
        std::vector<std::string>& texts = to.texts[text()];
        for (std::uint64_t count = number(); count > 0; --count)
            texts.push_back(text());
    }

    std::string_view bytes_;
};

} // namespace

Hdf5Content read_hdf5(std::string_view bytes) {
    int ends[2];
    if (::pipe(ends) != 0)
        throw Error("no pipe to the HDF5 library can be made (" + std::string(std::strerror(errno)) + ")");
    const ::pid_t reader = ::fork();
    if (reader == 0) {
        ::close(ends[0]);
        send_content(bytes, ends[1]);
    }
    ::close(ends[1]);
    const std::string all = reader < 0 ? "" : receive_all(ends[0]);
    ::close(ends[0]);
    if (reader < 0)
        throw Error("no process for the HDF5 library can be made (" + std::string(std::strerror(errno)) +
                    ")");
    while (::waitpid(reader, nullptr, 0) < 0 && errno == EINTR) {
    }
    return Receiver(all).content();
}

} // namespace timeloom::importing
