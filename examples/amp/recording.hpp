// Mono recordings, in memory and as WAV files.
#pragma once

#include <string>
#include <vector>

namespace amp {

struct Recording {
    int sample_rate = 48'000;
    std::vector<float> samples; ///< full scale is 1

    double seconds() const { return static_cast<double>(samples.size()) / sample_rate; }
};

/// Throws Error where the file cannot be read or has several channels.
Recording read_wav(const std::string& path);

/// In 32-bit floats. An older file is replaced when the new one is complete. Throws Error where it cannot be
/// written.
void write_wav(const std::string& path, const Recording& recording);

} // namespace amp
