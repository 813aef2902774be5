using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tributary.Silo.Composition;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting;
using Tributary.Silo.Hosting.Cluster;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>Only holders of a certificate of the cluster's authority reach the ports of a cluster.</summary>
public sealed class MutualTlsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    // The protocol that Orleans names in its handshakes.
    private static readonly SslApplicationProtocol Protocol = new("Orleans1");

    private readonly TestAuthority authority = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task Silos_and_clients_of_one_authority_meet_and_strangers_reach_no_port()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        await using var silos = await TwoSilos.StartAsync(connection, Cluster(authority.Issue()), Cancellation);
        using var other = new TestAuthority();
        var address = silos.First.Services.GetRequiredService<ILocalSiloDetails>();
        await silos.PostAsync("before", Cancellation);

        foreach (var port in (int[])[address.SiloAddress.Endpoint.Port, address.GatewayAddress.Endpoint.Port])
        {
            // Shows that a connection which is let in stays open: what follows is closed by the silo.
            Assert.False(await IsClosedAsync(port, Own(authority.Issue())));
            Assert.True(await IsClosedAsync(port, own: null));
            Assert.True(await IsClosedAsync(port, Own(authority.Issue(isSelfSigned: true))));
            Assert.True(await IsClosedAsync(port, Own(authority.Issue(isExpired: true))));
            Assert.True(await IsClosedAsync(port, Own(other.Issue())));
            Assert.True(await IsClosedWithoutTlsAsync(port));
        }

        await silos.PostAsync("after", Cancellation);
        using var client = new HostBuilder()
            .UseOrleansClient(builder => builder.UseTributaryCluster(silos.With(Cluster(authority.Issue())))).Build();
        await client.StartAsync(Cancellation);
        var hosts = await client.Services.GetRequiredService<IClusterClient>().GetGrain<IManagementGrain>(0)
            .GetHosts(onlyActive: true);
        Assert.Equal(2, hosts.Count);
        await client.StopAsync(Cancellation);
    }

    [Fact]
    public void A_certificate_that_the_authority_did_not_sign_is_refused_at_the_start()
    {
        foreach (var tls in (ClusterTlsConfig[])
            [authority.Issue(isSelfSigned: true), authority.Issue(isExpired: true)])
        {
            var error = Assert.Throws<IOException>(() => MutualTls.Load(tls));
            Assert.StartsWith("cluster.tls.certificate: found", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Files_that_are_missing_or_hold_something_else_are_named()
    {
        var tls = authority.Issue();

        Assert.Contains("nowhere.pem", Fails(tls with { Authority = "/nowhere.pem" }), StringComparison.Ordinal);
        Assert.Contains("nowhere.key", Fails(tls with { Key = "/nowhere.key" }), StringComparison.Ordinal);
        Assert.StartsWith(
            "cluster.tls.key: found no private key", Fails(tls with { Key = authority.Issue().Key }),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "cluster.tls.authority: found no certificate", Fails(tls with { Authority = tls.Key }),
            StringComparison.Ordinal);

        static string Fails(ClusterTlsConfig tls) => Assert.Throws<IOException>(() => MutualTls.Load(tls)).Message;
    }

    private static ClusterConfig Cluster(ClusterTlsConfig tls) => new()
    {
        Type = ClusterType.Postgres, Id = "test", SiloPort = 0, GatewayPort = 0, Tls = tls,
    };

    private static X509Certificate2 Own(ClusterTlsConfig tls) =>
        X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key);

    // In TLS 1.3 a client learns with its first read that the server does not take its certificate.
    private static async Task<bool> IsClosedAsync(int port, X509Certificate2? own)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        await using var stream = new SslStream(
            client.GetStream(), leaveInnerStreamOpen: false, static (_, certificate, _, _) => certificate is not null);
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "a silo",
                    ApplicationProtocols = [Protocol],
                    ClientCertificates = own is null ? [] : [own],
                },
                Cancellation);
        }
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            return true;
        }
        finally
        {
            own?.Dispose();
        }

        return await EndsAsync(stream);
    }

    private static async Task<bool> IsClosedWithoutTlsAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        await client.GetStream().WriteAsync(new byte[64], Cancellation);
        return await EndsAsync(client.GetStream());
    }

    // A silo that lets a connection in says nothing before it has heard something.
    private static async Task<bool> EndsAsync(Stream stream)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            while (await stream.ReadAsync(new byte[256], limit.Token) > 0)
            {
                // Alerts of TLS may come before the end.
            }

            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
