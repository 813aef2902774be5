using System.Globalization;
using System.Text.Json;

namespace Tributary.Silo.Tests.Running;

/// <summary>The demo against a recount of its file that shares no code with the platform.</summary>
public sealed class DemoTests
{
    private static readonly JsonElement[] Quakes =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "samples", "earthquakes.ndjson"))
            .Select(line => JsonElement.Parse(line)),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_demo_aggregates_equals_a_recount_of_the_file_and_twice_changes_nothing()
    {
        await using var server = await TributaryProcess.StartNewAsync(isDemo: true, Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        Assert.Contains("1707 new, 0 known already", server.Output, StringComparison.Ordinal);
        await CheckAsync(http);
        var first = await RowsAsync(http);

        Assert.Equal(0, await server.StopAsync(Cancellation));
        CheckTables(server.Output);
        await server.StartAsync(Cancellation);

        Assert.Contains("0 new, 1707 known already", server.Output, StringComparison.Ordinal);
        Assert.Equal(first, await RowsAsync(http));
        var ledger = await StoredMessages.ReadAsync(http, "api/v1/ledger?verify=true", Cancellation);
        Assert.Equal(1707, ledger.GetProperty("accepted").GetInt64());
        Assert.True(ledger.GetProperty("matches").GetBoolean());
        Assert.Equal(1707, (await StoredMessages.ReadAllAsync(http, Cancellation)).Count);
    }

    /// <summary>Lines of the log may stand between those of the tables.</summary>
    private static void CheckTables(string output)
    {
        var lines = output.Split(Environment.NewLine);
        Assert.All(["network  count  places", "magnitude  count  places", "from        count  places"], names =>
            Assert.Single(lines, line => line.StartsWith(names, StringComparison.Ordinal)));
        var classes = Magnitudes([.. Quakes]).GroupBy(Math.Floor).OrderBy(group => group.Key);
        var rows = lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(cells => cells.Length == 4 && int.TryParse(cells[0], out _) && int.TryParse(cells[1], out _));
        Assert.Equal(
            classes.Select(group => $"{group.Key}: {group.Count()}"), rows.Select(cells => $"{cells[0]}: {cells[1]}"));
    }

    private static async Task CheckAsync(HttpClient http)
    {
        var networks = Quakes
            .GroupBy(quake => quake.GetProperty("network").GetString()!)
            .ToDictionary(group => group.Key, group => group.ToList());
        var rows = await StoredMessages.ReadAggregateAsync(http, "quakes-by-network", Cancellation);
        Assert.Equal(
            networks.Keys.Order(),
            rows.Select(row => row.GetProperty("group").GetProperty("network").GetString()!).Order());
        foreach (var row in rows)
        {
            var quakes = networks[row.GetProperty("group").GetProperty("network").GetString()!];
            var measures = row.GetProperty("measures");
            CheckCounts(measures, quakes);
            Assert.Equal(Magnitudes(quakes).Max(), measures.GetProperty("strongest").GetDecimal());
            CheckQuantiles(measures.GetProperty("magnitude"), Magnitudes(quakes));
        }

        var classes = Quakes
            .GroupBy(quake => Math.Floor(quake.GetProperty("magnitude").GetDecimal()))
            .ToDictionary(group => group.Key, group => group.ToList());
        rows = await StoredMessages.ReadAggregateAsync(http, "quakes-by-magnitude", Cancellation);
        Assert.Equal(
            classes.Keys.Order(),
            rows.Select(row => row.GetProperty("group").GetProperty("magnitude").GetDecimal()).Order());
        foreach (var row in rows)
        {
            var quakes = classes[row.GetProperty("group").GetProperty("magnitude").GetDecimal()];
            CheckCounts(row.GetProperty("measures"), quakes);
            var depths = quakes.Select(quake => quake.GetProperty("depthKm").GetDecimal()).ToList();
            Assert.Equal(
                depths.Sum() / depths.Count, row.GetProperty("measures").GetProperty("mean-depth").GetDecimal(), 20);
        }

        const long DayMs = 86_400_000;
        var days = Quakes
            .GroupBy(quake => quake.GetProperty("time").GetInt64() / DayMs)
            .ToDictionary(group => group.Key, group => group.ToList());
        rows = await StoredMessages.ReadAggregateAsync(http, "quakes-by-day", Cancellation);
        Assert.Equal(
            days.Keys.Order(),
            rows.Select(row => row.GetProperty("windowStart").GetDateTimeOffset().ToUnixTimeMilliseconds() / DayMs)
                .Order());
        foreach (var row in rows)
        {
            var quakes = days[row.GetProperty("windowStart").GetDateTimeOffset().ToUnixTimeMilliseconds() / DayMs];
            CheckCounts(row.GetProperty("measures"), quakes);
            CheckQuantiles(row.GetProperty("measures").GetProperty("magnitude"), Magnitudes(quakes));
        }
    }

    private static void CheckCounts(JsonElement measures, List<JsonElement> quakes)
    {
        Assert.Equal(quakes.Count, measures.GetProperty("count").GetInt32());
        var places = quakes.Select(quake => quake.GetProperty("place").GetString()).Distinct().Count();
        // Exact up to 256 values, then within three standard errors of 1.625 %.
        var tolerance = places <= 256 ? 0 : places * 3 * 0.01625;
        Assert.InRange(measures.GetProperty("places").GetInt64(), places - tolerance, places + tolerance);
    }

    private static void CheckQuantiles(JsonElement quantiles, List<decimal> values)
    {
        values.Sort();
        Assert.Equal(["0.5", "0.9", "0.99"], quantiles.EnumerateObject().Select(quantile => quantile.Name));
        foreach (var quantile in quantiles.EnumerateObject())
        {
            var exact = (double)
                values[(int)Math.Floor(double.Parse(quantile.Name, CultureInfo.InvariantCulture) * (values.Count - 1))];
            // Shown with six digits: half of the last one comes on top of the sketch's own error.
            Assert.InRange(
                quantile.Value.GetDouble(), exact - (Math.Abs(exact) * 0.010006), exact + (Math.Abs(exact) * 0.010006));
        }
    }

    private static List<decimal> Magnitudes(List<JsonElement> quakes) =>
        [.. quakes.Select(quake => quake.GetProperty("magnitude").GetDecimal())];

    private static async Task<string> RowsAsync(HttpClient http)
    {
        var all = new List<string>();
        foreach (var name in new[] { "quakes-by-network", "quakes-by-magnitude", "quakes-by-day" })
            all.AddRange(
                (await StoredMessages.ReadAggregateAsync(http, name, Cancellation)).Select(row => row.GetRawText()));
        return string.Join('\n', all);
    }
}
