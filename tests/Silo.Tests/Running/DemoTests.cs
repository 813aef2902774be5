using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tributary.Silo.Tests.Running;

public class DemoTests
{
    /// <summary>Counts the sample again, in another language and by other means: exact sets and sorted values.</summary>
    private const string Script =
        """
        import json, math, sys
        from collections import defaultdict
        events = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8") if line.strip()]
        def fold(key):
            rows = defaultdict(lambda: {"count": 0, "places": set(), "magnitudes": []})
            for event in events:
                row = rows[key(event)]
                row["count"] += 1
                if event.get("place") is not None: row["places"].add(event["place"])
                if event.get("magnitude") is not None: row["magnitudes"].append(event["magnitude"])
            return {name: {"count": row["count"], "places": len(row["places"]), "magnitudes": sorted(row["magnitudes"])} for name, row in rows.items()}
        day = lambda event: str(event["time"] // 86400000 * 86400000)
        cls = lambda event: "null" if event.get("magnitude") is None else str(math.floor(event["magnitude"]))
        print(json.dumps({"quakes-by-network": fold(lambda event: event["network"]), "quakes-by-magnitude": fold(cls), "quakes-by-day": fold(day)}))
        """;

    [Fact]
    public async Task Its_aggregates_equal_a_recount_by_an_independent_script_and_running_it_twice_changes_nothing()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await TributaryProcess.StartNewAsync(true, cancellation);
        Assert.Contains("1707 earthquakes stored, 0 were there already.", server.Output);
        await server.WaitForOutputAsync("quakes-by-day", cancellation);
        var first = await AssertEqualsRecountAsync(server, cancellation);

        await server.StopAsync(cancellation);
        await server.StartAsync(cancellation);
        await server.WaitForOutputAsync("0 earthquakes stored, 1707 were there already.", cancellation);
        Assert.Equal(first, await AssertEqualsRecountAsync(server, cancellation));
    }

    private static async Task<string> AssertEqualsRecountAsync(TributaryProcess server, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        var recount = await RecountAsync(cancellation);
        var served = "";
        foreach (var aggregate in recount.EnumerateObject())
        {
            var page = await http.GetFromJsonAsync<JsonElement>($"/api/v1/aggregates/{aggregate.Name}?limit=1000", cancellation);
            served += page.GetRawText();
            var rows = page.GetProperty("rows").EnumerateArray().ToDictionary(KeyOf);
            Assert.Equal(aggregate.Value.EnumerateObject().Select(row => row.Name).Order(), rows.Keys.Order());
            foreach (var counted in aggregate.Value.EnumerateObject())
                AssertRow(counted.Value, rows[counted.Name]);
        }

        Assert.Equal(1707, (await http.GetFromJsonAsync<JsonElement>("/api/v1/ledger", cancellation)).GetProperty("accepted").GetInt32());
        return served;
    }

    private static string KeyOf(JsonElement row) => row.GetProperty("windowStart").ValueKind == JsonValueKind.String
        ? row.GetProperty("windowStart").GetDateTimeOffset().ToUnixTimeMilliseconds().ToString()
        : row.GetProperty("group").EnumerateObject().Single().Value is { ValueKind: JsonValueKind.String } text ? text.GetString()! : row.GetProperty("group").EnumerateObject().Single().Value.GetRawText();

    private static void AssertRow(JsonElement counted, JsonElement row)
    {
        var measures = row.GetProperty("measures");
        Assert.Equal(counted.GetProperty("count").GetInt64(), row.GetProperty("count").GetInt64());
        Assert.Equal(counted.GetProperty("count").GetInt64(), measures.GetProperty("count").GetInt64());
        // The sketch of distinct values knows some hundreds within 5 %, small numbers exactly.
        var places = counted.GetProperty("places").GetInt32();
        Assert.InRange(measures.GetProperty("places").GetInt32(), Math.Floor(places * 0.95), Math.Ceiling(places * 1.05));
        var magnitudes = counted.GetProperty("magnitudes").EnumerateArray().Select(magnitude => magnitude.GetDouble()).ToList();
        if (measures.TryGetProperty("strongest", out var strongest) && magnitudes.Count > 0)
            Assert.Equal(magnitudes[^1], strongest.GetDouble());
        if (!measures.TryGetProperty("magnitude", out var quantiles))
            return;
        foreach (var (name, at) in new[] { ("0.5", 0.5), ("0.9", 0.9), ("0.99", 0.99) })
        {
            var exact = magnitudes[(int)Math.Floor(at * (magnitudes.Count - 1))];
            Assert.Equal(exact, quantiles.GetProperty(name).GetDouble(), Math.Max(0.001, Math.Abs(exact) * 0.011));
        }
    }

    private static async Task<JsonElement> RecountAsync(CancellationToken cancellation)
    {
        var sample = Path.Combine(AppContext.BaseDirectory, "samples", "earthquakes.ndjson");
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", Script, sample]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await python.StandardOutput.ReadToEndAsync(cancellation);
        await python.WaitForExitAsync(cancellation);
        Assert.Equal(0, python.ExitCode);
        return JsonElement.Parse(output);
    }
}
