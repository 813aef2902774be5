using System.Text.RegularExpressions;

namespace Tributary.Rounds.Tests.Tidy;

/// <summary>Logic is read without its log messages and metrics, and a line is read at a glance.</summary>
public sealed partial class LayoutTests
{
    private const string Meters =
        @"\b(CreateCounter|CreateHistogram|CreateUpDownCounter|CreateGauge|CreateObservable\w+)\b|\bnew Meter\(";

    private const int MaxColumnsCount = 120;

    private static readonly string[] NotProduct = ["tests/", "bench/", "samples/", "TestingHost/"];

    [Fact]
    public void Log_messages_stand_in_files_of_their_own() =>
        Assert.Empty(Sources.Find(ProductWithout(".Log.cs"), @"\[LoggerMessage\b"));

    [Fact]
    public void Meters_and_their_instruments_stand_in_files_of_their_own() =>
        Assert.Empty(Sources.Find(ProductWithout("Instruments.cs"), Meters));

    [Theory]
    [InlineData("Rounds/Engine/RoundLoop.Log.cs", @"\[LoggerMessage\b")]
    [InlineData("Rounds/Engine/EngineInstruments.cs", Meters)]
    [InlineData("Silo/Hosting/Engine/SiloInstruments.cs", Meters)]
    public void The_search_finds_what_it_looks_for(string file, string pattern) =>
        Assert.NotEmpty(Sources.Find([file], pattern));

    [Fact]
    public void A_line_is_read_at_a_glance() =>
        Assert.Empty(Sources.Files(".cs").Concat(Sources.Files(".js")).SelectMany(LongLines));

    [Fact]
    public void Only_a_text_that_must_be_one_line_may_be_longer()
    {
        var text = new string('x', MaxColumnsCount);

        Assert.Matches(OneText, $"    \"\"\"{text}\"\"\");");
        Assert.Matches(OneText, $"    $$\"\"\"{text}\"\"\")]");
        Assert.DoesNotMatch(OneText, $"    Post(\"\"\"{text}\"\"\");");
        Assert.DoesNotMatch(OneText, $"    \"\"\"{text}\"\"\", other);");
        Assert.DoesNotMatch(OneText, $"    \"{text}\";");
    }

    // A raw string literal that has its line for itself, such as one JSON document or one query.
    [GeneratedRegex(@"^\s*\$*"""""".*""""""\W*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex OneText { get; }

    private static IEnumerable<string> LongLines(string file) =>
        File.ReadLines(Path.Combine(Sources.Root, file))
            .Select((line, i) => (Text: line, Number: i + 1))
            .Where(static line => line.Text.Length > MaxColumnsCount && !OneText.IsMatch(line.Text))
            .Select(line => $"{file}:{line.Number}: {line.Text.Length} columns");

    private static IEnumerable<string> ProductWithout(string ending) =>
        Sources.Files(".cs").Where(file =>
            !file.EndsWith(ending, StringComparison.Ordinal)
            && !NotProduct.Any(folder => file.StartsWith(folder, StringComparison.Ordinal)));
}
