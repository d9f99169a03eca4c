// How every reader opens its file: regular files only, of a limited size, without waiting.
#include "timeloom/runtime/files/input_file.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace timeloom::detail {

namespace {

std::string reason_of(int error_number) { return std::generic_category().message(error_number); }

/// Empty for a regular file.
std::string_view other_kind(mode_t mode) {
    if (S_ISDIR(mode)) {
        return "it is a folder";
    }
    if (S_ISFIFO(mode)) {
        return "it is a FIFO or a pipe, but only regular files are read: write its content into one first";
    }
    if (S_ISCHR(mode) || S_ISBLK(mode)) {
        return "it is a device, but only regular files are read";
    }
    return S_ISREG(mode) ? "" : "it is no regular file";
}

} // namespace

InputFile::InputFile(const std::filesystem::path& path, const FileKind& kind) : path_(path), kind_(kind) {
    if (path.native().find('\0') != std::string::npos) {
        path_ = path.c_str();
        fail("cannot be opened: the path holds a NUL byte behind this");
    }
    // Looked at before it is opened, because opening a device may do something.
    struct stat status {};
    int reason = ::stat(path.c_str(), &status) == 0 ? 0 : errno;
    std::string_view other = reason == 0 ? other_kind(status.st_mode) : "";
    if (reason == 0 && other.empty()) {
        file_ = FileDescriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        reason = file_.is_open() && ::fstat(file_.number(), &status) == 0 ? 0 : errno;
        other = reason == 0 ? other_kind(status.st_mode) : "";
    }
    if (reason != 0) {
        fail("cannot be opened: " + reason_of(reason) + "; " + std::string(kind.advice));
    }
    if (!other.empty()) {
        fail("cannot be opened: " + std::string(other));
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
    if (size_ > kind.most_bytes) {
        fail("cannot be read: it has " + std::to_string(size_) + " bytes, but at most " +
             std::to_string(kind.most_bytes) + " are read; is it the right file?");
    }
}

void InputFile::read(std::span<std::byte> bytes) {
    constexpr std::size_t most_at_once = std::size_t{1} << 30;
    while (!bytes.empty()) {
        const ::ssize_t count = ::read(file_.number(), bytes.data(), std::min(bytes.size(), most_at_once));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            fail("could not be read to its end: " + reason_of(errno) + "; check the disk");
        }
        if (count == 0) {
            fail("became shorter while it was read; read it again when it is written");
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

void InputFile::require_end() {
    std::byte beyond;
    const ::ssize_t count = ::read(file_.number(), &beyond, 1);
    if (count != 0) {
        fail(count < 0 ? "could not be read to its end: " + reason_of(errno) + "; check the disk"
                       : std::string("grew while it was read; read it again when it is written"));
    }
}

void InputFile::fail(std::string_view what) const {
    throw Error("the " + std::string(kind_.name) + " '" + path_.string() + "' " + std::string(what));
}

std::string read_text(const std::filesystem::path& path, const FileKind& kind) {
    InputFile file(path, kind);
    std::string text(static_cast<std::size_t>(file.size()), '\0');
    file.read(std::as_writable_bytes(std::span(text)));
    file.require_end();
    return text;
}

std::string looks_like(std::string_view beginning) {
    using namespace std::string_view_literals;
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> signatures{{
        {"\x89PNG"sv, "a PNG picture"},
        {"\x89HDF"sv, "an HDF5 file, as Keras's .h5 are; convert it to safetensors"},
        {"PK\x03\x04"sv, "a zip archive, as .npz and .keras files are; unpack or convert it"},
        {"\x1f\x8b"sv, "a gzip file; unpack it first"},
        {"\x7f"
         "ELF"sv,
         "a program"},
        {"\xff\xfe"sv, "UTF-16 text; save it as UTF-8"},
        {"\xfe\xff"sv, "UTF-16 text; save it as UTF-8"},
        {"<?xml"sv, "XML, such as an SVG picture"},
        {"<svg"sv, "an SVG picture"},
    }};
    const auto is = [](std::string_view what) { return "; it looks like " + std::string(what); };
    for (const auto& [signature, what] : signatures) {
        if (beginning.starts_with(signature)) {
            return is(what);
        }
    }
    const std::string_view start = beginning.substr(0, 4096);
    if (start.find("timeloom tokenizer") != std::string_view::npos) {
        return is("a tokenizer, which Tokenizer::load reads");
    }
    if (start.find("timeloom arima results") != std::string_view::npos) {
        return is("ARIMA results, which ArimaResults::load reads");
    }
    if (start.size() > 8 && start[8] == '{' && start.find('\0') < 8) {
        return is("a safetensors file of weights, which load_weights reads");
    }
    return {};
}

} // namespace timeloom::detail
