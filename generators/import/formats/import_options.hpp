// What a person says beside the file.
#pragma once

#include <filesystem>
#include <string>

namespace timeloom::importing {

struct ImportOptions {
    int timesteps = 0;              ///< where the file leaves them open
    std::filesystem::path config{}; ///< Keras's model.to_json() for files that hold weights alone
    std::string layers{};           ///< of a state_dict: which modules follow each other
};

} // namespace timeloom::importing
