// Writers and readers of files, with paths and contents that nobody should give.
#include "misuse.hpp"

#include "timeloom/runtime/arima/arima_results.hpp"
#include "timeloom/runtime/csv/csv.hpp"
#include "timeloom/runtime/csv/wide_csv.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/model/callbacks.hpp"
#include "timeloom/runtime/plots/plot.hpp"
#include "timeloom/runtime/text/labelled_text.hpp"
#include "timeloom/runtime/text/tokenizer.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"
#include "timeloom/tests/support/temporary_folder.hpp"

#include <sys/stat.h>

#include <functional>

namespace timeloom::tests {

namespace {

using Path = std::filesystem::path;

struct NamedPath {
    std::string what;
    Path path;
    std::string reason; ///< what its refusal says
};

const std::vector<PlotSeries> line{{"line", {0, 1, 2}, {0, 1, 4}}};

struct NamedCall {
    std::string name;
    std::function<void(const Path&)> call;
};

/// Every function that writes a file, with something that it can write.
std::vector<NamedCall> writers() {
    static const std::vector<float> values{1, 2};
    return {
        {"write_file_atomically", [](const Path& p) { write_file_atomically(p, "text"); }},
        {"save_weights",
         [](const Path& p) {
             save_weights(p, "m", std::vector<NamedValues>{{"a", Shape{2}, values}});
         }},
        {"Tokenizer::save", [](const Path& p) { Tokenizer().save(p); }},
        {"plot_lines", [](const Path& p) { plot_lines(p, "", "", "", line); }},
        {"plot_panels",
         [](const Path& p) {
             plot_panels(p, "", std::vector<PlotPanel>{{"", "", line}});
         }},
        {"plot_script", [](const Path& p) { plot_script(p, "set terminal svg\nplot x\n"); }},
    };
}

/// Every function that reads a file.
std::vector<NamedCall> readers() {
    return {
        {"load_weights", [](const Path& p) { load_weights(p); }},
        {"Tokenizer::load", [](const Path& p) { Tokenizer::load(p); }},
        {"ArimaResults::load", [](const Path& p) { ArimaResults::load(p, plan::ArimaFilters{}); }},
        {"read_csv", [](const Path& p) { read_csv(p); }},
        {"read_csv_column", [](const Path& p) { read_csv_column<double>(p, "a"); }},
        {"read_wide_csv", [](const Path& p) { read_wide_csv(p); }},
        {"WideCsvReader",
         [](const Path& p) {
             WideCsvReader reader(p);
             for (NamedSeries series; reader.next(series);) {
             }
         }},
        {"read_labelled_texts", [](const Path& p) { read_labelled_texts(p); }},
    };
}

} // namespace

TEST_CASE("files are written to paths that cannot be") {
    const TemporaryFolder folder;
    const Path file = folder.write("file.svg", "old");
    std::filesystem::create_directory(folder.path() / "folder.svg");
    std::filesystem::create_symlink("circle.svg", folder.path() / "circle.svg");
    REQUIRE(::mkfifo((folder.path() / "fifo.svg").c_str(), 0600) == 0);
    std::filesystem::create_symlink("/dev/full", folder.path() / "full.svg");
    const std::vector<NamedPath> paths{
        {"a folder", folder.path() / "folder.svg", "folder"},
        {"a folder that is missing", folder.path() / "none" / "a.svg", "No such file"},
        {"a file as a folder", file / "a.svg", "Not a directory"},
        {"a link to itself", folder.path() / "circle.svg", "circle.svg"},
        {"a FIFO that nobody reads", folder.path() / "fifo.svg", "no program reads"},
        {"a device without room", folder.path() / "full.svg", "No space left"},
        {"a name that is too long", folder.path() / (std::string(300, 'n') + ".svg"), "too long"},
        {"a path that is too long", Path(std::string(5000, '/') + "a.svg"), "too long"},
        {"a NUL byte", folder.path() / std::string("a\0.svg", 6), "NUL"},
        {"a folder without permission", "/proc/version.svg", "version.svg"},
    };
    for (const NamedCall& writer : writers()) {
        const std::string& name = writer.name;
        for (const NamedPath& p : paths) {
            refuses(name + ": " + p.what, p.reason, [&] { writer.call(p.path); });
        }
        if (name.find("plot") == std::string::npos) {
            refuses(name + ": no path", "empty", [&] { writer.call(""); });
            refuses(name + ": a path that ends in a slash", "slash",
                    [&] { writer.call(folder.path() / "new/"); });
        } else {
            refuses(name + ": another format", ".svg or .png", [&] { writer.call(folder.path() / "a.pdf"); });
            refuses(name + ": no path", ".svg or .png", [&] { writer.call(""); });
        }
    }
    CHECK(read_whole_file(file) == "old");
}

TEST_CASE("files are read that are none") {
    const TemporaryFolder folder;
    REQUIRE(::mkfifo((folder.path() / "fifo").c_str(), 0600) == 0);
    std::filesystem::create_symlink("circle", folder.path() / "circle");
    const Path sparse = folder.write("sparse", "x");
    std::filesystem::resize_file(sparse, std::uintmax_t{60} << 30);
    const std::vector<NamedPath> paths{
        {"nothing", folder.path() / "none", "No such file"},
        {"no path", "", "No such file"},
        {"a folder", folder.path(), "it is a folder"},
        {"a FIFO", folder.path() / "fifo", "it is a FIFO"},
        {"a device", "/dev/zero", "it is a device"},
        {"a link to itself", folder.path() / "circle", "symbolic links"},
        {"a file as a folder", sparse / "a", "Not a directory"},
        {"a NUL byte", std::string("/dev/null\0", 10), "NUL"},
        {"60 GB", sparse, "sparse"},
    };
    for (const NamedCall& reader : readers()) {
        const std::string& name = reader.name;
        for (const NamedPath& p : paths) {
            refuses(name + ": " + p.what, p.reason, [&] { reader.call(p.path); });
        }
    }
}

TEST_CASE("files are read whose content is something else") {
    const TemporaryFolder folder;
    const std::vector<std::pair<std::string, std::string>> contents{
        {"zeros", std::string(64, '\0')},
        {"random bytes", "\x93\x01\xfe\x7f\x1b\x80\x00 ab\xff"},
        {"a gzip file", std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00", 8)},
        {"UTF-16", std::string("\xff\xfe"
                               "a\0,\0b\0\n\0",
                               10)},
        {"a quote without an end", "a,b\n\"1,2\n"},
        {"brackets", std::string(1 << 20, '[')},
        {"braces", std::string(1 << 20, '{')},
    };
    for (const NamedCall& reader : readers()) {
        const std::string& name = reader.name;
        for (const auto& [what, content] : contents) {
            const std::string part = folder.write("content", content).string();
            // Brackets are a column's name to read_csv.
            const std::string end = ending(name + ": " + what, [&] { reader.call(part); });
            CHECK((end.find("content") != std::string::npos || (name == "read_csv" && end == "value")));
        }
    }
    accepts("an empty file of labelled texts",
            [&] { CHECK(read_labelled_texts(folder.write("empty", "")).texts.empty()); });
    for (const NamedCall& reader : readers()) {
        const std::string& name = reader.name;
        if (name != "read_labelled_texts") {
            refuses(name + ": an empty file", "empty", [&] { reader.call(folder.write("empty", "")); });
        }
    }
}

TEST_CASE("weights that cannot be saved") {
    const TemporaryFolder folder;
    const Path path = folder.path() / "weights";
    const std::vector<float> six(6, 1);
    const auto save = [&](const std::vector<NamedValues>& tensors, const std::string& model = "m",
                          const FileMetadata& metadata = {}) {
        save_weights(path, model, tensors, metadata);
    };
    refuses("fewer values than the shape", "6 values", [&] { save({{"a", Shape{7}, six}}); });
    refuses("more values than the shape", "6 values", [&] { save({{"a", Shape{0}, six}}); });
    refuses("no values", "0 values", [&] { save({{"a", Shape{2}, {}}}); });
    refuses("one name twice", "twice", [&] { save({{"a", Shape{6}, six}, {"a", Shape{6}, six}}); });
    refuses("a reserved name", "reserved", [&] { save({{"__metadata__", Shape{6}, six}}); });
    refuses("a name that is no UTF-8", "UTF-8", [&] { save({{"\xc3", Shape{6}, six}}); });
    refuses("an overlong name", "UTF-8", [&] { save({{"\xc0\xaf", Shape{6}, six}}); });
    refuses("a model's name that is no UTF-8", "UTF-8", [&] { save({}, "\xff"); });
    refuses("metadata that are no UTF-8", "UTF-8", [&] { save({}, "m", {{"k", "\xed\xa0\x80"}}); });
    for (const char* own : {"crc32", "format", "format_version", "model"}) {
        refuses(std::string("metadata called ") + own, own, [&] { save({}, "m", {{own, "1"}}); });
    }
    accepts("nothing at all", [&] {
        save({}, "");
        CHECK(load_weights(path).tensors.empty());
    });
    accepts("no name and no axes", [&] {
        save({{"", Shape{}, std::span(six).first(1)}});
        CHECK(load_weights(path).tensors.at(0).tensor.size() == 1);
    });
}

TEST_CASE("tables are asked for what they do not hold") {
    const TemporaryFolder folder;
    const Path path = folder.write("table.csv", "a,b\n1,x\n2,\n");
    const CsvTable table = read_csv(path);
    for (const std::string_view name : {"", "A", "c", "a ", "\xff", "a,b"}) {
        refuses("the column '" + std::string(name) + "'", "no column", [&] { table.column(name); });
        refuses("the texts of '" + std::string(name) + "'", "no column", [&] { table.text_column(name); });
        refuses("a file's column", "no column", [&] { read_csv_column<double>(path, name); });
    }
    refuses("numbers of a column of text", "line 2", [&] { table.column<double>("b"); });
    for (const std::size_t row : {std::size_t{2}, huge_size, huge_size / 2}) {
        refuses("a row beyond the last", "2 rows", [&] { table.row(row); });
    }
    accepts("cells from the last on", [&] { CHECK(table.row(0, 2).empty()); });
    accepts("cells from beyond the last on", [&] { CHECK(table.row(0, huge_size).empty()); });
    for (const char separator : {'"', '\n', '\r', '\0'}) {
        refuses("a separator that cannot be", "separated", [&] { read_csv(path, separator); });
        refuses("the same in a wide file", "separated", [&] { read_wide_csv(path, separator); });
        refuses("the same a series at a time", "separated",
                [&] { WideCsvReader(path, {.separator = separator}); });
    }
    accepts("a separator that is not in the file",
            [&] { CHECK(read_csv(path, '\x01').column_names().size() == 1); });
    CsvTable moved = read_csv(path);
    const CsvTable other = std::move(moved);
    refuses("a column of a table that was moved from", "column", [&] { moved.column("a"); });
    refuses("a row of a table that was moved from", "row", [&] { moved.row(0); });
    accepts("an empty table", [&] { CHECK(CsvTable().rows() == 0); });
    refuses("a column of an empty table", "no column", [&] { CsvTable().column("a"); });
}

TEST_CASE("lines of labelled texts and of wide files that cannot be") {
    const TemporaryFolder folder;
    for (const std::string line : {"a", "a\t1", "a\tx\ty", "a\t\ty", "a\t1.5\ty", "a\t2147483648\ty",
                                   "a\t-2147483649\ty", "a\t 1\ty", "\t", "\t\t", ""}) {
        refuses("the line '" + line + "'", "line 2",
                [&] { read_labelled_texts(folder.write("texts", "a\t1\ty\n" + line + "\nb\t0\tz\n")); });
    }
    accepts("none of the lines",
            [&] { CHECK(read_labelled_texts(folder.write("texts", "bad\n"), 0).texts.empty()); });
    accepts("more lines than there are", [&] {
        CHECK(read_labelled_texts(folder.write("texts", "a\t1\ty"), huge_size).texts.size() == 1);
    });
    for (const std::string line :
         {"B,x", "B,inf", "B,1e999", "B,0x10", "B,1 2", ",1", " ,1", "A,2", "B,1,--2"}) {
        refuses("the series '" + line + "'", "line 3",
                [&] { read_wide_csv(folder.write("wide", "id,v\nA,1\n" + line + "\n")); });
    }
    refuses("a header that may be a series", "header",
            [&] { read_wide_csv(folder.write("wide", "id,1,2\nA,1\n")); });
    refuses("a header's number where there is none", "line 1",
            [&] { read_wide_csv(folder.write("wide", "id,v\nA,1\n"), {.header = WideCsvHeader::absent}); });
}

TEST_CASE("separators of a log that cannot be") {
    for (const char* separator : {"", "\"", "\n", "\r", "a", "1", ".", "-", "+", "_"}) {
        refuses(std::string("the separator '") + separator + "'", "separator",
                [&] { CSVLogger logger("log.csv", {.separator = separator}); });
    }
    accepts("two characters", [] { CSVLogger logger("log.csv", {.separator = ", "}); });
}

} // namespace timeloom::tests
