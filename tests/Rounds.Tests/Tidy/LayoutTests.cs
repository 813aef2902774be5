namespace Tributary.Rounds.Tests.Tidy;

/// <summary>Logic is read without its log messages and metrics, and a line is read at a glance.</summary>
public sealed class LayoutTests
{
    private const string Meters = @"\b(CreateCounter|CreateHistogram|CreateUpDownCounter|CreateGauge|CreateObservable\w+)\b"
        + @"|\bnew Meter\(";

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
    [InlineData("Silo/Hosting/SiloInstruments.cs", Meters)]
    public void The_search_finds_what_it_looks_for(string file, string pattern) =>
        Assert.NotEmpty(Sources.Find([file], pattern));

    private static IEnumerable<string> ProductWithout(string ending) =>
        Sources.Files(".cs").Where(file =>
            !file.EndsWith(ending, StringComparison.Ordinal)
            && !NotProduct.Any(folder => file.StartsWith(folder, StringComparison.Ordinal)));
}
