// The highest log-likelihoods that were ever found for series of the sets, kept in a file from run to run.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace timeloom::bench {

class KnownMaxima {
  public:
    /// Reads the file where there is one. An empty path: nothing is known, nothing kept.
    explicit KnownMaxima(std::filesystem::path file);

    /// How many random starts the values of the first `count` series of a set rest on.
    std::size_t starts(const std::string& set, std::size_t count) const;
    /// -infinity where nothing is known.
    std::vector<double> llf(const std::string& set, std::size_t count) const;
    /// Keeps what is higher, and writes the file.
    void raise(const std::string& set, const std::vector<double>& llf, std::size_t starts);

  private:
    struct Set {
        std::vector<double> llf;
        std::size_t starts = 0;
    };
    void save() const;

    std::filesystem::path file_;
    std::map<std::string, Set> sets_;
};

} // namespace timeloom::bench
