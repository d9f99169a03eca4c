// A file read in pieces is the file read whole, wherever the pieces end.
#include "../support/temporary_folder.hpp"
#include "timeloom/runtime/csv/csv_pieces.hpp"
#include "timeloom/runtime/csv/wide_csv.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <string_view>

using Catch::Matchers::Contains;
using namespace timeloom;

namespace {

/// Every record with its line, and the error at the end if there is one.
template <class Reader>
std::vector<std::string> records_of(Reader& reader) {
    std::vector<std::string> records;
    std::vector<std::string_view> cells;
    try {
        while (reader.next(cells)) {
            std::string record = std::to_string(reader.line());
            for (const std::string_view cell : cells) {
                record += '|' + std::string(cell);
            }
            records.push_back(record);
        }
    } catch (const Error& error) {
        records.emplace_back(error.what());
    }
    return records;
}

std::vector<std::string> whole(const std::filesystem::path& file) {
    try {
        detail::CsvReader reader(file, ',');
        return records_of(reader);
    } catch (const Error& error) {
        return {error.what()};
    }
}

std::vector<std::string> in_pieces(const std::filesystem::path& file, std::size_t bytes) {
    detail::CsvPieces reader(file, ',', bytes);
    return records_of(reader);
}

} // namespace

TEST_CASE("records, their lines and errors do not depend on where pieces end") {
    const TemporaryFolder folder;
    const std::vector<std::string> texts{
        "a,1,2\nb,3\n",
        "a,1\r\n\r\nb,2\rc,3",
        "\xEF\xBB\xBF\"a\",\"1\r\n2\",\"x \"\"y\"\"\n\"\r\nb,\"\"\n\n\"c\"\r",
        "a\"b\"\",1\nc\"\"d,\"2\"\n",
        "\"a,b\nc",
        "a,\"b\"c\nd",
        "",
        "\n\r\n\r",
    };
    for (const std::string& text : texts) {
        const auto file = folder.write("t.csv", text);
        for (std::size_t bytes = 1; bytes < text.size() + 2; ++bytes) {
            INFO(text << " in pieces of " << bytes);
            CHECK(in_pieces(file, bytes) == whole(file));
        }
    }
    Random random(5);
    constexpr std::string_view letters = "a1,\"\n\r ,";
    for (int round = 0; round < 400; ++round) {
        std::string text;
        for (std::uint64_t i = random.below(60); i > 0; --i) {
            text += letters[random.below(letters.size())];
        }
        const auto file = folder.write("r.csv", text);
        for (const std::size_t bytes : {1, 2, 3, 7, 20}) {
            INFO(text << " in pieces of " << bytes);
            CHECK(in_pieces(file, bytes) == whole(file));
        }
    }
}

TEST_CASE("a NUL byte is told with its line") {
    const TemporaryFolder folder;
    const auto file = folder.write("n.csv", std::string("a,1\nb,2\nc,\0\n", 13));
    detail::CsvPieces reader(file, ',', 4);
    const std::vector<std::string> records = records_of(reader);
    REQUIRE(records.size() == 3);
    CHECK_THAT(records[2], Contains("line 3") && Contains("NUL byte"));
}

TEST_CASE("series are read one at a time as all at once") {
    const TemporaryFolder folder;
    std::string text = "id,v1,v2\n";
    for (int i = 0; i < 5000; ++i) {
        text += "\"series " + std::to_string(i) + "\"," + std::to_string(i) + ",NA," +
                std::to_string(0.5 * i) + ",\n";
    }
    const auto file = folder.write("w.csv", text);
    const std::vector<NamedSeries> all = read_wide_csv(file);
    WideCsvReader reader(file);
    NamedSeries series;
    for (std::size_t i = 0; i < all.size(); ++i) {
        REQUIRE(reader.next(series));
        CHECK(series.id == all[i].id);
        REQUIRE(series.values.size() == 3);
        CHECK(series.values[0] == all[i].values[0]);
        CHECK(std::isnan(series.values[1]));
        CHECK(series.values[2] == all[i].values[2]);
    }
    CHECK(series.id == "series 4999");
    CHECK_FALSE(reader.next(series));
    CHECK(reader.bytes_read() == reader.size());
    CHECK(reader.size() == text.size());
}

TEST_CASE("what a file of series may not hold is told in pieces too") {
    const TemporaryFolder folder;
    const auto read = [&](const std::string& text) {
        WideCsvReader reader(folder.write("b.csv", text));
        for (NamedSeries series; reader.next(series);) {
        }
    };
    CHECK_THROWS_WITH(read("id,v\nA,1\nB,2\nA,3\n"), Contains("line 4") && Contains("'A' came before"));
    CHECK_THROWS_WITH(read("id,v\nA,1\n ,2\n"), Contains("line 3") && Contains("name"));
    CHECK_THROWS_WITH(read("id,v\n"), Contains("holds no series"));
    CHECK_THROWS_WITH(read("id,1,2\n"), Contains("header"));
    CHECK_THROWS_WITH(read("id,v\nA,x\n"), Contains("line 2") && Contains("cell 2 holds 'x'"));
    CHECK_THROWS_WITH(WideCsvReader(folder.path() / "none.csv"), Contains("cannot be opened"));
    CHECK_THROWS_WITH(WideCsvReader(folder.path()), Contains("it is a folder"));
    CHECK_THROWS_WITH(WideCsvReader(folder.write("s.csv", "A,1\n"), {.separator = '"'}),
                      Contains("separated"));
}
