using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting.Cluster;

/// <summary>
/// TLS between silos, and between clients and gateways, in which both sides show a certificate of the cluster's
/// authority. Names in certificates are not compared: who holds a certificate of the authority belongs to the cluster,
/// and silos know each other by IP addresses.
/// </summary>
internal sealed class MutualTls
{
    // Sent in the handshake where a name belongs; SslStream asks for one.
    private const string HandshakeName = "tributary";

    private readonly X509Certificate2 own;

    // Certificates that the authority signed and that sign others.
    private readonly X509Certificate2Collection intermediates = [];
    private readonly X509Certificate2Collection roots = [];

    private MutualTls(X509Certificate2 own, X509Certificate2Collection sent, X509Certificate2Collection authority)
    {
        this.own = own;
        foreach (var one in authority.Concat(sent))
            (IsSelfSigned(one) && authority.Contains(one) ? roots : intermediates).Add(one);
    }

    /// <exception cref="IOException">A file cannot be read, or does not hold what it should; names it.</exception>
    public static MutualTls Load(ClusterTlsConfig config)
    {
        var sent = ReadAll("cluster.tls.certificate", config.Certificate);
        var authority = ReadAll("cluster.tls.authority", config.Authority);
        try
        {
            using var read = X509Certificate2.CreateFromPemFile(config.Certificate, config.Key);
            // Some systems use a private key in a handshake only when it came out of a container.
            var usable = X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
            var tls = new MutualTls(usable, sent, authority);
            return tls.roots.Count > 0 && tls.IsTrusted(usable, chain: null)
                ? tls
                : throw new IOException(
                    $"cluster.tls.certificate: found a certificate ({usable.Subject}) in {config.Certificate} that the "
                    + $"authority in {config.Authority} did not sign, or that is not valid now; allowed: a certificate "
                    + "of that authority.");
        }
        catch (Exception error) when (error is CryptographicException or UnauthorizedAccessException
            or FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            throw new IOException(
                $"cluster.tls.key: found no private key of the certificate in {config.Key} ({error.Message}).", error);
        }
    }

    /// <summary>Both sides must show a certificate, and both are checked in the same way.</summary>
    public void Apply(TlsOptions options)
    {
        options.LocalCertificate = own;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.OnAuthenticateAsClient = static (_, authentication) => authentication.TargetHost = HandshakeName;
        options.RemoteCertificateValidation = (certificate, chain, _) => IsTrusted(certificate, chain);
    }

    /// <summary>True for a certificate that is valid now and leads to a root of the authority.</summary>
    /// <param name="chain">What the other side sent with its certificate, or null.</param>
    private bool IsTrusted(X509Certificate2 certificate, X509Chain? chain)
    {
        using var path = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        };
        path.ChainPolicy.CustomTrustStore.AddRange(roots);
        path.ChainPolicy.ExtraStore.AddRange(intermediates);
        if (chain is not null)
            path.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        return path.Build(certificate);
    }

    private static X509Certificate2Collection ReadAll(string key, string path)
    {
        var read = new X509Certificate2Collection();
        try
        {
            read.ImportFromPemFile(path);
        }
        catch (Exception error) when (error is CryptographicException or UnauthorizedAccessException
            or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"{key}: {path} cannot be read: {error.Message}", error);
        }

        return read.Count > 0
            ? read
            : throw new IOException($"{key}: found no certificate in {path}; allowed: certificates in PEM format.");
    }

    private static bool IsSelfSigned(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
