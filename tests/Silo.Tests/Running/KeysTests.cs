using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Tributary.Silo.Tests.Running;

public sealed class KeysTests
{
    private const string Key = "a-key-that-nobody-should-see";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_open_the_API_and_are_never_logged()
    {
        await using var server = await TributaryProcess.StartNewAsync(
            new() { ["TRIBUTARY__API__KEYS"] = $"[{Key}]" }, ["--log-level", "trace"], Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(http));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "another-key-of-sixteen");
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(http));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(http));

        Assert.Equal(0, await server.StopAsync(Cancellation));
        Assert.Contains("Stopped.", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, server.Output, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient http)
    {
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("api/v1/messages", UriKind.Relative), content, Cancellation);
        return answer.StatusCode;
    }
}
