using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;
using Tributary.Connectors.Brokers.Amqp;
using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Brokers;

/// <summary>The address of a RabbitMQ server and the login for it.</summary>
/// <param name="Authorities">With TLS: the trusted authorities instead of the machine's, or null.</param>
internal sealed record RabbitMqAddress(
    string Host,
    int Port,
    string VirtualHost,
    string User,
    string Password,
    TimeSpan Heartbeat,
    bool IsTls,
    X509Certificate2Collection? Authorities)
{
    private const int DefaultHeartbeatSeconds = 30;
    private const int MaxHeartbeatSeconds = 600;

    // The most that a server can allow; its own limit is lower unless the operator raised it.
    private const uint MaxMessageBytes = 512 * 1024 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public static RabbitMqAddress Read(ConfigSection section, string baseFolder)
    {
        var isTls = section["tls"].Flag() ?? false;
        return new(
            section["host"].Text("a host name or an address") ?? "localhost",
            (int)(section["port"].Whole(1, ushort.MaxValue, "the port") ?? (isTls ? 5671 : 5672)),
            section["virtual_host"].Text("the name of a virtual host") ?? "/",
            BrokerSettings.OneName(section, "user", "username").Text("the name of a user") ?? "guest",
            section["password"].Text("a password", isSecret: true) ?? "guest",
            TimeSpan.FromSeconds(
                section["heartbeat"].Whole(1, MaxHeartbeatSeconds, "seconds") ?? DefaultHeartbeatSeconds),
            isTls,
            ReadAuthorities(section["tls_ca_file"], baseFolder));
    }

    /// <summary>
    /// Connects once. The client library's own recovery is off: it would keep deliveries
    /// that can no longer be acknowledged.
    /// </summary>
    public async Task<IConnection> ConnectAsync(string clientName, CancellationToken cancellation)
    {
        var factory = new ConnectionFactory
        {
            HostName = Host,
            Port = Port,
            VirtualHost = VirtualHost,
            UserName = User,
            Password = Password,
            RequestedHeartbeat = Heartbeat,
            RequestedConnectionTimeout = ConnectTimeout,
            MaxInboundMessageBodySize = MaxMessageBytes,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            ClientProvidedName = clientName,
            RequestedFrameMax = AmqpFrames.MaxFrameBytes,
            SocketFactory = family => AmqpSocket.Create(family, Tls()),
        };
        return await factory.CreateConnectionAsync(cancellation);
    }

    /// <summary>The reason of the failure, in the words of the innermost exception, without the password.</summary>
    public string Explain(Exception exception)
    {
        var root = exception;
        while (root.InnerException is { } inner)
            root = inner;
        return Explain(root is OperationCanceledException ? "no answer in time" : root.Message);
    }

    /// <inheritdoc cref="Explain(Exception)"/>
    public string Explain(string reason)
    {
        var isSecret = Password.Length > 0 && Password != User;
        return $"{this}: {(isSecret ? reason.Replace(Password, "***", StringComparison.Ordinal) : reason)}";
    }

    /// <summary>The URL without user and password.</summary>
    public override string ToString() =>
        $"{(IsTls ? "amqps" : "amqp")}://{Host}:{Port}{(VirtualHost == "/" ? "" : "/" + VirtualHost)}";

    private static X509Certificate2Collection? ReadAuthorities(ConfigField field, string baseFolder)
    {
        const string Allowed = "a file of certificates in PEM";
        if (field.Text(Allowed) is not { } file)
            return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(Path.Combine(baseFolder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            field.Fail($"\"{file}\" ({BrokerHealth.OneLine(e.Message)})", Allowed);
        }

        if (authorities.Count == 0)
            field.Fail($"\"{file}\" without a certificate", Allowed);
        return authorities;
    }

    private SslClientAuthenticationOptions? Tls() => !IsTls ? null : new()
    {
        TargetHost = Host,
        RemoteCertificateValidationCallback = Authorities is null ? null : IsTrusted,
    };

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        // The name must match, and the chain must end at one of the configured authorities.
        if (certificate is not X509Certificate2 leaf
            || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            return false;
        using var check = new X509Chain();
        check.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        check.ChainPolicy.CustomTrustStore.AddRange(Authorities!);
        check.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return check.Build(leaf);
    }
}
