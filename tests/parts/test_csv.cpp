// CSV files as they come: byte-order marks, line ends, quotes, and clear errors.
#include "../support/temporary_folder.hpp"
#include "timeloom/runtime/csv/csv.hpp"
#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using timeloom::read_csv;
using timeloom::read_csv_column;

TEST_CASE("byte-order mark, CRLF, quotes, blanks and a missing last line end") {
    const timeloom::TemporaryFolder folder;
    const auto path = folder.write("a.csv", "\xEF\xBB\xBFMonth,\"Sales, gross\"\r\n1-01,266\r\n\r\n"
                                            "\"1-02\",\" 145.9 \"\r\n\"say \"\"two\nlines\"\"\",+1e2");
    const timeloom::CsvTable table = read_csv(path);
    CHECK(table.column_names() == std::vector<std::string>{"Month", "Sales, gross"});
    CHECK(table.column("Sales, gross") == std::vector<float>{266.0f, 145.9f, 100.0f});
    CHECK(table.text_column("Month") == std::vector<std::string>{"1-01", "1-02", "say \"two\nlines\""});
    CHECK(read_csv_column(path, "Sales, gross").size() == 3);
}

TEST_CASE("one series per row, with empty cells after its end") {
    const timeloom::TemporaryFolder folder;
    const auto table =
        read_csv(folder.write("rows.csv", "\"V1\",\"V2\",\"V3\",\"V4\"\n\"H1\",1,2,\n\"H2\",1,,3\n"));
    CHECK(table.row(0, 1) == std::vector<float>{1.0f, 2.0f});
    CHECK_THROWS_WITH(table.row(1, 1), Contains("line 3") && Contains("'V3'") && Contains("empty"));
    CHECK_THROWS_AS(table.row(2, 1), timeloom::Error);
}

TEST_CASE("numbers as double, beyond float's digits and range") {
    const timeloom::TemporaryFolder folder;
    const auto path = folder.write("d.csv", "a,b\n0.1,1e300\n16777217,\n");
    const timeloom::CsvTable table = read_csv(path);
    CHECK(table.column<double>("a") == std::vector<double>{0.1, 16777217.0});
    CHECK(read_csv_column<double>(path, "a") == table.column<double>("a"));
    CHECK(table.row<double>(0) == std::vector<double>{0.1, 1e300});
    CHECK(table.row<double>(1) == std::vector<double>{16777217.0});
    CHECK_THROWS_WITH(table.row(0), Contains("line 2") && Contains("1e300"));
}

TEST_CASE("other separators") {
    const timeloom::TemporaryFolder folder;
    CHECK(read_csv(folder.write("s.csv", "a;b\n1;2\n"), ';').column("b") == std::vector<float>{2.0f});
}

TEST_CASE("what is no number is told with file, line and column") {
    const timeloom::TemporaryFolder folder;
    for (const std::string cell :
         {"", " ", "nan", "NaN", "NA", "inf", "-inf", "1e39", "12x", "1,5", "0x10", "--1", "+-1"}) {
        const auto path = folder.write("bad.csv", "x,\"y\"\n1,2\n\n\"two\nlines\",3\n4,\"" + cell + "\"\n");
        CAPTURE(cell);
        CHECK_THROWS_WITH(read_csv_column(path, "y"),
                          Contains(path.string()) && Contains("line 6") && Contains("'y'"));
        CHECK(read_csv(path).rows() == 3);
    }
}

TEST_CASE("CR, LF and CRLF end lines alike, and lines are counted by them") {
    const timeloom::TemporaryFolder folder;
    for (const std::string end : {"\n", "\r\n", "\r"}) {
        CAPTURE(end);
        const auto path =
            folder.write("ends.csv", "a,b" + end + "1,2" + end + end + "\"x" + end + "y\",3" + end + "4,z");
        const timeloom::CsvTable table = read_csv(path);
        CHECK(table.rows() == 3);
        CHECK(table.text_column("a") == std::vector<std::string>{"1", "x" + end + "y", "4"});
        CHECK_THROWS_WITH(table.column("b"), Contains("line 6"));
    }
}

TEST_CASE("a column name that comes twice is refused, columns without a name may be several") {
    const timeloom::TemporaryFolder folder;
    CHECK_THROWS_WITH(read_csv(folder.write("d.csv", "\na,b,\"a\"\n1,2,3\n")),
                      Contains("line 2") && Contains("two columns have the name 'a'"));
    const auto table = read_csv(folder.write("e.csv", "a,,\n1,2,3\n"));
    CHECK(table.row(0) == std::vector<float>{1, 2, 3});
    CHECK_THROWS_WITH(table.column(""), Contains("several columns without a name"));
}

TEST_CASE("quotes within cells, long lines and many rows") {
    const timeloom::TemporaryFolder folder;
    const auto table =
        read_csv(folder.write("q.csv", "a,b\n\"\"\"\",\"\"\n\"x\"\"y\"\"\"\"z\",\",\"\nu\"v,w\n"));
    CHECK(table.text_column("a") == std::vector<std::string>{"\"", "x\"y\"\"z", "u\"v"});
    CHECK(table.text_column("b") == std::vector<std::string>{"", ",", "w"});
    std::string wide = "c0", values = "0";
    for (int i = 1; i < 100'000; ++i) {
        wide += ",c" + std::to_string(i);
        values += "," + std::to_string(i);
    }
    const auto loaded = read_csv(folder.write("wide.csv", wide + "\n" + values + "\n"));
    CHECK(loaded.column("c99999") == std::vector<float>{99999});
    const timeloom::CsvTable copy = loaded; // stands alone
    CHECK(copy.row(0).size() == 100'000);
}

TEST_CASE("what is no text is refused") {
    const timeloom::TemporaryFolder folder;
    CHECK_THROWS_WITH(read_csv(folder.write("n.csv", std::string("a,b\n1,\0\n", 9))),
                      Contains("line 2") && Contains("NUL"));
    CHECK_THROWS_WITH(read_csv(folder.write("u.csv", std::string("\xff\xfe"
                                                                 "a\0,\0b\0",
                                                                 8))),
                      Contains("NUL") && Contains("UTF-16"));
    for (const char separator : {'"', '\n', '\r', '\0'})
        CHECK_THROWS_WITH(read_csv(folder.write("s.csv", "a\n1\n"), separator), Contains("separated"));
}

TEST_CASE("malformed files") {
    const timeloom::TemporaryFolder folder;
    CHECK_THROWS_WITH(read_csv(folder.path() / "missing.csv"), Contains("cannot be opened"));
    CHECK_THROWS_WITH(read_csv(folder.path()), Contains("cannot be opened"));
    CHECK_THROWS_WITH(read_csv(folder.write("e.csv", "\xEF\xBB\xBF\r\n\n")), Contains("empty"));
    CHECK_THROWS_WITH(read_csv(folder.write("r.csv", "a,b\n1,2\n3\n")),
                      Contains("line 3") && Contains("1 cells"));
    CHECK_THROWS_WITH(read_csv(folder.write("q.csv", "a\n\"1\n2\n")),
                      Contains("line 2") && Contains("quote"));
    CHECK_THROWS_WITH(read_csv(folder.write("t.csv", "a\n\"1\"2\n")),
                      Contains("line 2") && Contains("quote"));
    CHECK_THROWS_WITH(read_csv_column(folder.write("c.csv", "a,b\n"), "c"), Contains("'a', 'b'"));
    CHECK(read_csv(folder.write("h.csv", "a,b\n")).rows() == 0);
}
