using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tributary.TestingHost.Swift;

/// <summary>
/// OpenStack's object store with TempAuth, one replica in a temporary folder, on free ports of the loopback
/// address: proxy, account, container and object server, and the memcached that keeps tokens. Disposal ends
/// all of them and deletes everything.
/// </summary>
public sealed class SwiftServer : IAsyncDisposable
{
    public const string User = "group:user";
    public const string Key = "testing";

    private const int StartTimeoutSeconds = 240;

    private static readonly string[] Kinds = ["account", "container", "object"];

    private readonly string folder = Directory.CreateTempSubdirectory("tributary-swift-").FullName;
    private readonly List<Process> processes = [];
    private readonly HttpClient client = new();
    private readonly int proxyPort = FreePort.Next();
    private readonly int cachePort = FreePort.Next();

    private SwiftServer()
    {
    }

    public string AuthUrl => $"http://127.0.0.1:{proxyPort}/auth/v1.0";

    /// <exception cref="InvalidOperationException">
    /// A program is not installed, or the servers do not answer.
    /// </exception>
    public static async Task<SwiftServer> StartNewAsync()
    {
        var server = new SwiftServer();
        try
        {
            await server.ConfigureAsync();
            string[] memcached =
            [
                "-l",
                "127.0.0.1",
                "-p",
                $"{server.cachePort}",
                "-m",
                "16",
                "-u",
                Environment.UserName,
            ];
            server.processes.Add(server.Start("memcached", memcached));
            foreach (var kind in Kinds)
                server.processes.Add(server.Start($"swift-{kind}-server", server.File($"{kind}.conf")));
            server.processes.Add(server.Start("swift-proxy-server", server.File("proxy.conf")));
            await server.WaitAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts a container, or an object in it, to a path below the account's URL.</summary>
    public async Task PutAsync(string path, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        var answer = await TryPutAsync(path, body, headers);
        if (answer != HttpStatusCode.Created && answer != HttpStatusCode.Accepted)
            throw new InvalidOperationException($"PUT {path} was answered with {(int)answer}.");
    }

    /// <summary>Makes every token issued so far invalid.</summary>
    public async Task ForgetTokensAsync()
    {
        using var cache = new TcpClient();
        await cache.ConnectAsync(IPAddress.Loopback, cachePort);
        await cache.GetStream().WriteAsync(Encoding.ASCII.GetBytes("flush_all\r\n"));
        using var reader = new StreamReader(cache.GetStream());
        if (await reader.ReadLineAsync() != "OK")
            throw new InvalidOperationException("memcached did not forget.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        client.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<HttpStatusCode> TryPutAsync(
        string path, HttpContent? body, params (string Name, string Value)[] headers)
    {
        using var login = new HttpRequestMessage(HttpMethod.Get, AuthUrl);
        login.Headers.TryAddWithoutValidation("X-Auth-User", User);
        login.Headers.TryAddWithoutValidation("X-Auth-Key", Key);
        using var session = await client.SendAsync(login);
        if (!session.IsSuccessStatusCode)
            return session.StatusCode;

        using var put = new HttpRequestMessage(
            HttpMethod.Put, session.Headers.GetValues("X-Storage-Url").Single() + path)
        {
            Content = body ?? new ByteArrayContent([]),
        };
        put.Headers.TryAddWithoutValidation("X-Auth-Token", session.Headers.GetValues("X-Auth-Token").Single());
        foreach (var (name, value) in headers)
            put.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(put);
        return answer.StatusCode;
    }

    private async Task WaitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(StartTimeoutSeconds));
        var last = "nothing";
        while (!limit.IsCancellationRequested)
        {
            try
            {
                var container = await TryPutAsync("/ready", null);
                var answer = await TryPutAsync("/ready/object", null);
                if (container is HttpStatusCode.Created or HttpStatusCode.Accepted && answer == HttpStatusCode.Created)
                    return;
                last = $"{container}, {answer}";
            }
            catch (HttpRequestException error)
            {
                last = error.Message;
            }

            await Task.Delay(100, CancellationToken.None);
        }

        throw new InvalidOperationException($"Swift does not answer: {last}");
    }

    private async Task ConfigureAsync()
    {
        Directory.CreateDirectory(File("devices/d1"));
        await System.IO.File.WriteAllTextAsync(
            File("swift.conf"), "[swift-hash]\nswift_hash_path_prefix = a\nswift_hash_path_suffix = b\n");
        foreach (var kind in Kinds)
        {
            var port = FreePort.Next();
            var builder = File($"{kind}.builder");
            foreach (var arguments in (string[][])
                    [
                        [builder, "create", "2", "1", "1"],
                        [builder, "add", $"r1z1-127.0.0.1:{port}/d1", "1"],
                        [builder, "rebalance"],
                    ])
            {
                using var process = Start("swift-ring-builder", arguments);
                await process.WaitForExitAsync();
            }

            await System.IO.File.WriteAllTextAsync(File($"{kind}.conf"), $"""
                [DEFAULT]
                bind_ip = 127.0.0.1
                bind_port = {port}
                user = {Environment.UserName}
                swift_dir = {folder}
                devices = {File("devices")}
                mount_check = false
                disable_fallocate = true
                workers = 0
                [pipeline:main]
                pipeline = {kind}-server
                [app:{kind}-server]
                use = egg:swift#{kind}
                """);
        }

        string[] filters = ["catch_errors", "gatekeeper", "cache", "listing_formats", "tempauth", "copy", "dlo"];
        await System.IO.File.WriteAllTextAsync(File("proxy.conf"), $"""
            [DEFAULT]
            bind_ip = 127.0.0.1
            bind_port = {proxyPort}
            user = {Environment.UserName}
            swift_dir = {folder}
            workers = 0
            [pipeline:main]
            pipeline = {string.Join(' ', filters)} proxy-server
            [app:proxy-server]
            use = egg:swift#proxy
            account_autocreate = true
            conn_timeout = 30
            node_timeout = 60
            error_suppression_limit = 1000000
            {string.Join('\n', filters.Select(FilterSection))}
            """);
    }

    private string FilterSection(string filter) => $"[filter:{filter}]\nuse = egg:swift#" + filter switch
    {
        "cache" => $"memcache\nmemcache_servers = 127.0.0.1:{cachePort}",
        "tempauth" => $"tempauth\nuser_{User.Replace(':', '_')} = {Key} .admin",
        _ => filter,
    };

    private string File(string name) => Path.Combine(folder, name);

    private Process Start(string program, params string[] arguments)
    {
        // Both outputs are read and forgotten: a server must not stop at a full pipe.
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        try
        {
            var process = Process.Start(start)!;
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
            return process;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new InvalidOperationException(
                $"{program} was not found on the PATH: on Debian 'apt-get install swift-proxy swift-account "
                + "swift-container swift-object memcached'.", error);
        }
    }
}
