// read_csv().
#include "fuzz_target.hpp"

#include "timeloom/runtime/csv/csv.hpp"
#include "timeloom/runtime/error.hpp"

namespace timeloom::fuzz {

namespace {

/// All cells as text, and whether each column is one of numbers.
std::string load(const std::filesystem::path& path) {
    const CsvTable table = read_csv(path);
    std::string text = std::to_string(table.rows());
    for (const std::string& name : table.column_names()) {
        text += "\n" + name + ":";
        try {
            for (const std::string& cell : table.text_column(name)) {
                text += ' ' + std::to_string(cell.size()) + cell;
            }
            text += " numbers: " + std::to_string(table.column<double>(name).size());
        } catch (const Error& error) { // several columns without a name, or cells that are no numbers
            text += error.what();
        }
    }
    return text;
}

} // namespace

const Target target{.load = load};

} // namespace timeloom::fuzz
