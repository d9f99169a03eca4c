// Files with one series a line.
#include "../support/temporary_folder.hpp"
#include "timeloom/runtime/csv/wide_csv.hpp"
#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using Catch::Matchers::Contains;
using timeloom::read_wide_csv;

TEST_CASE("series of any length, missing values, quotes and CRLF") {
    const timeloom::TemporaryFolder folder;
    const auto all =
        read_wide_csv(folder.write("wide.csv", "\xEF\xBB\xBF\"V1\",\"V2\",\"V3\"\r\n\"H1\",\"605\",\"586."
                                               "123456789012\",,\r\nH2,1,, NA ,4,NaN\r\n\r\nH3,-2"));
    REQUIRE(all.size() == 3);
    CHECK(all[0].id == "H1");
    CHECK(all[0].values == std::vector<double>{605.0, 586.123456789012});
    CHECK(all[1].values.size() == 4);
    CHECK(std::isnan(all[1].values[1]));
    CHECK(std::isnan(all[1].values[2]));
    CHECK(all[1].values[3] == 4.0);
    CHECK(all[2].values == std::vector<double>{-2.0});
    CHECK(read_wide_csv(folder.write("s.csv", "id;a\nx;1.5\n"), ';')[0].values == std::vector<double>{1.5});
}

TEST_CASE("a file without a header line keeps its first series") {
    const timeloom::TemporaryFolder folder;
    using timeloom::WideCsvHeader;
    const auto ids = [&](const std::string& text, WideCsvHeader header = WideCsvHeader::automatic) {
        std::string all;
        for (const auto& series : read_wide_csv(folder.write("h.csv", text), {.header = header}))
            all += series.id + std::to_string(series.values.size());
        return all;
    };
    CHECK(ids("A,1.5,2\nB,3\n") == "A2B1");
    CHECK(ids("A,NA,7,3\nB,3\n") == "A3B1");
    CHECK(ids("id,v1,v2\nB,3\n") == "B1");
    CHECK(ids("id\nB,3\n") == "B1");
    CHECK(ids("id,,NA\nB,3\n") == "B1");
    // Steps or years may be a series, too: nobody but the caller knows.
    for (const std::string first : {"id,1,2,3", "id,2001,2002", "id,5"}) {
        CAPTURE(first);
        CHECK_THROWS_WITH(ids("\n" + first + "\nB,3\n"), Contains("line 2") && Contains("header"));
        CHECK(ids(first + "\nB,3\n", WideCsvHeader::present) == "B1");
        CHECK_THAT(ids(first + "\nB,3\n", WideCsvHeader::absent), Catch::StartsWith("id"));
    }
}

TEST_CASE("a series without values does not stop the others") {
    const timeloom::TemporaryFolder folder;
    const auto all = read_wide_csv(folder.write("gaps.csv", "id,v\nA,,NA\nB,1,2\nC\n"));
    REQUIRE(all.size() == 3);
    CHECK(all[0].values.empty());
    CHECK(all[1].values.size() == 2);
    CHECK(all[2].values.empty());
}

TEST_CASE("lines that hold no series are told with file and line") {
    const timeloom::TemporaryFolder folder;
    const auto reading = [&](const std::string& text) {
        return read_wide_csv(folder.write("bad.csv", text));
    };
    CHECK_THROWS_WITH(reading("id,v\n\nA,1\nB,x2\n"), Contains("bad.csv, line 4") && Contains("cell 2"));
    CHECK_THROWS_WITH(reading("id,v\nA,inf\n"), Contains("line 2"));
    CHECK_THROWS_WITH(reading("id,v\n,1\n"), Contains("line 2") && Contains("name"));
    CHECK_THROWS_WITH(reading("id,v\nA,1\nA,2\n"), Contains("line 3") && Contains("came before"));
    CHECK_THROWS_WITH(reading("id,v\n"), Contains("no series"));
    CHECK_THROWS_WITH(reading(""), Contains("no series"));
    CHECK_THROWS_WITH(read_wide_csv(folder.path() / "none.csv"), Contains("cannot be opened"));
}
