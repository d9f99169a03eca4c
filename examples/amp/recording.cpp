#include "recording.hpp"

#include <timeloom/runtime/error.hpp>
#include <timeloom/runtime/files/atomic_write.hpp>

#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace amp {

namespace {

using timeloom::Error;

struct Close {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
using File = std::unique_ptr<SNDFILE, Close>;

/// A file in memory, by the functions that libsndfile asks for.
struct Bytes {
    std::string content;
    std::size_t at = 0;
};

Bytes& bytes_of(void* data) { return *static_cast<Bytes*>(data); }

SF_VIRTUAL_IO bytes_functions() {
    return {
        [](void* data) { return static_cast<sf_count_t>(bytes_of(data).content.size()); },
        [](sf_count_t offset, int from, void* data) {
            Bytes& bytes = bytes_of(data);
            const std::size_t start = from == SEEK_SET   ? 0
                                      : from == SEEK_CUR ? bytes.at
                                                         : bytes.content.size();
            bytes.at = start + static_cast<std::size_t>(offset);
            return static_cast<sf_count_t>(bytes.at);
        },
        [](void* to, sf_count_t count, void* data) {
            Bytes& bytes = bytes_of(data);
            const std::size_t size =
                std::min(static_cast<std::size_t>(count), bytes.content.size() - bytes.at);
            std::memcpy(to, bytes.content.data() + bytes.at, size);
            bytes.at += size;
            return static_cast<sf_count_t>(size);
        },
        [](const void* from, sf_count_t count, void* data) {
            Bytes& bytes = bytes_of(data);
            const auto size = static_cast<std::size_t>(count);
            bytes.content.resize(std::max(bytes.content.size(), bytes.at + size));
            std::memcpy(bytes.content.data() + bytes.at, from, size);
            bytes.at += size;
            return count;
        },
        [](void* data) { return static_cast<sf_count_t>(bytes_of(data).at); },
    };
}

} // namespace

Recording read_wav(const std::string& path) {
    SF_INFO info{};
    const File file(sf_open(path.c_str(), SFM_READ, &info));
    if (!file) {
        throw Error("'" + path + "' cannot be read: " + sf_strerror(nullptr));
    }
    if (info.channels != 1) {
        throw Error("'" + path + "' has " + std::to_string(info.channels) +
                    " channels; give one of one channel");
    }
    Recording recording{info.samplerate, std::vector<float>(static_cast<std::size_t>(info.frames))};
    if (sf_read_float(file.get(), recording.samples.data(), info.frames) != info.frames) {
        throw Error("'" + path + "' ends before its " + std::to_string(info.frames) + " samples");
    }
    return recording;
}

void write_wav(const std::string& path, const Recording& recording) {
    Bytes bytes;
    SF_VIRTUAL_IO functions = bytes_functions();
    SF_INFO info{};
    info.samplerate = recording.sample_rate;
    info.channels = 1;
    info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    File file(sf_open_virtual(&functions, SFM_WRITE, &info, &bytes));
    sf_command(file.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE); // which holds the time of day
    const auto samples = static_cast<sf_count_t>(recording.samples.size());
    if (!file || sf_write_float(file.get(), recording.samples.data(), samples) != samples) {
        throw Error("'" + path + "' cannot be written: " + sf_strerror(file.get()));
    }
    file.reset(); // completes the header
    timeloom::write_file_atomically(path, bytes.content);
}

} // namespace amp
