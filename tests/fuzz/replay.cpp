// A fuzz program without libFuzzer: the files of a folder, then mutations of them for some seconds.
#include "fuzz_target.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s FOLDER SECONDS\n", argv[0]);
        return 2;
    }
    std::vector<std::filesystem::path> paths(std::filesystem::directory_iterator(argv[1]), {});
    std::ranges::sort(paths);
    std::vector<std::string> corpus;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        timeloom::fuzz::check(
            corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()));
    }
    if (timeloom::fuzz::target.more_files != nullptr) {
        std::ranges::move(timeloom::fuzz::target.more_files(), std::back_inserter(corpus));
    }
    if (std::ranges::none_of(corpus, timeloom::fuzz::check)) {
        std::fprintf(stderr, "%s holds no file that loads\n", argv[1]);
        return 1;
    }
    const std::chrono::duration<double> seconds(std::atof(argv[2]));
    const auto begin = std::chrono::steady_clock::now();
    unsigned runs = 0, loaded = 0;
    for (; std::chrono::steady_clock::now() - begin < seconds; ++runs) {
        loaded += timeloom::fuzz::check(timeloom::fuzz::mutated(corpus[runs % corpus.size()], runs + 1));
    }
    std::printf("%zu files, %u mutations, of which %u loaded\n", corpus.size(), runs, loaded);
    return 0;
}
