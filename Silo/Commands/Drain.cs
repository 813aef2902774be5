using System.Net.Http.Headers;
using System.Text.Json;
using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Commands;

/// <summary>Asks a silo over its API to give its partitions, and waits until it has.</summary>
/// <param name="http">To a process of the cluster; its base address ends in a slash.</param>
internal sealed class Drain(HttpClient http, DrainRequest request, TextWriter output, TextWriter errors)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    /// <summary>The client for a request.</summary>
    public static HttpClient NewClient(DrainRequest request)
    {
        var http = new HttpClient
        {
            BaseAddress = new Uri(request.Url.GetLeftPart(UriPartial.Authority) + "/api/v1/"),
            Timeout = TimeSpan.FromSeconds(30),
        };
        if (request.Key is { } key)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    /// <summary>The exit code of the command.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        try
        {
            return await CordonAsync(cancellation);
        }
        catch (HttpRequestException error)
        {
            return await FailAsync($"{http.BaseAddress!.GetLeftPart(UriPartial.Authority)} does not answer: "
                + error.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return await FailAsync(
                $"{http.BaseAddress!.GetLeftPart(UriPartial.Authority)} did not answer within "
                + $"{http.Timeout.TotalSeconds:0} s.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return await FailAsync("What answers is not Tributary, or an older version of it.");
        }
    }

    private async Task<int> CordonAsync(CancellationToken cancellation)
    {
        var path = (request.IsUndone ? "cluster/uncordon" : "cluster/drain")
            + (request.Silo is { } id ? $"?silo={id}" : "");
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content: null, cancellation);
        var body = await answer.Content.ReadAsStringAsync(cancellation);
        if (!answer.IsSuccessStatusCode)
            return await FailAsync(ReasonOf((int)answer.StatusCode, body));
        using var silo = JsonDocument.Parse(body);
        var number = silo.RootElement.GetProperty("id").GetInt64();
        if (!request.IsUndone)
            return await WaitAsync(number, cancellation);
        await output.WriteLineAsync($"Silo {number} is uncordoned: partitions move to it again.");
        return ExitCodes.Success;
    }

    private async Task<int> WaitAsync(long silo, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(request.MaxWait);
        var left = -1;
        try
        {
            while (true)
            {
                if (await PartitionsOfAsync(silo, limit.Token) is not { } count)
                    return await FailAsync($"Silo {silo} has ended meanwhile.");
                if (count == 0)
                {
                    await output.WriteLineAsync(
                        $"Silo {silo} is cordoned and owns no partition; it serves requests as before.");
                    return ExitCodes.Success;
                }

                if (count != left)
                    await output.WriteLineAsync($"Silo {silo} is cordoned and owns {count} partitions.");
                left = count;
                await Task.Delay(Period, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return await FailAsync(
                $"Silo {silo} is cordoned, and owned partitions still after {request.MaxWait.TotalSeconds:0} s; they "
                + "move on.");
        }
    }

    // Null when the silo is not there any more.
    private async Task<int?> PartitionsOfAsync(long silo, CancellationToken cancellation)
    {
        using var cluster = JsonDocument.Parse(
            await http.GetStringAsync(new Uri("cluster", UriKind.Relative), cancellation));
        foreach (var one in cluster.RootElement.GetProperty("silos").EnumerateArray())
        {
            if (one.GetProperty("id").GetInt64() == silo)
                return one.GetProperty("partitionCount").GetInt32();
        }

        return null;
    }

    private static string ReasonOf(int status, string body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            return $"{problem.RootElement.GetProperty("detail").GetString()} "
                + $"({problem.RootElement.GetProperty("code").GetString()})";
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"The answer was {status}. What answers is not Tributary, or an older version of it.";
        }
    }

    private async Task<int> FailAsync(string reason)
    {
        await errors.WriteLineAsync("tributary drain: " + reason);
        return ExitCodes.CouldNotRun;
    }
}
