using System.Runtime.CompilerServices;
using System.Text;
using Tributary.Silo.Tests.Pipeline;

namespace Tributary.Silo.Tests.Running;

/// <summary>Configurations in <c>samples</c>, run as their comments say.</summary>
public sealed class SampleTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_sample_of_a_pipeline_makes_records_of_a_file()
    {
        await using var server = await TributaryProcess.StartNewAsync(null, ["--config", Path.Combine(Samples(), "pipeline.yaml")], Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        using var body = new StringContent("""{"id":"quakes","path":"earthquakes.ndjson"}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("api/v1/messages", UriKind.Relative), body, Cancellation);
        Assert.True(answer.IsSuccessStatusCode);

        using (await Ledger.WaitAsync(http, ledger => Ledger.Count(ledger, "completed") == 1, Cancellation))
        {
            var record = Assert.Single((await StoredMessages.ReadAsync(http, "api/v1/records/hashes", Cancellation)).GetProperty("records").EnumerateArray());
            Assert.Equal("quakes", record.GetProperty("item").GetString());
        }

        var row = Assert.Single(await StoredMessages.ReadAggregateAsync(http, "sizes", Cancellation));
        Assert.Equal(new FileInfo(Path.Combine(Samples(), "earthquakes.ndjson")).Length, row.GetProperty("measures").GetProperty("sum").GetInt64());
    }

    private static string Samples([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../../samples"));
}
