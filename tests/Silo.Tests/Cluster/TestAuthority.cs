using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>An authority of certificates, made for one test, with its files in a temporary folder.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UtcNow.AddHours(-1);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tributary-authority-");
    private readonly X509Certificate2 root;
    private int issued;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=an authority of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root = request.CreateSelfSigned(Begin, Begin.AddDays(2));
        File.WriteAllText(AuthorityPath, root.ExportCertificatePem());
    }

    public string AuthorityPath => Path.Combine(folder.FullName, "authority.pem");

    /// <summary>Files for a silo or client, with a certificate of this authority.</summary>
    /// <param name="isSelfSigned">True for a certificate that no authority signed.</param>
    /// <param name="isExpired">True for a certificate whose time is over.</param>
    public ClusterTlsConfig Issue(bool isSelfSigned = false, bool isExpired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=a silo of a test", key, HashAlgorithmName.SHA256);
        var end = isExpired ? Begin.AddMinutes(30) : Begin.AddDays(1);
        using var certificate = isSelfSigned
            ? request.CreateSelfSigned(Begin, end)
            : request.Create(root, Begin, end, BitConverter.GetBytes(++issued));
        var name = Path.Combine(folder.FullName, Path.GetRandomFileName());
        File.WriteAllText(name + ".crt", certificate.ExportCertificatePem());
        File.WriteAllText(name + ".key", key.ExportPkcs8PrivateKeyPem());
        return new ClusterTlsConfig(name + ".crt", name + ".key", AuthorityPath);
    }

    public void Dispose()
    {
        root.Dispose();
        folder.Delete(recursive: true);
    }
}
