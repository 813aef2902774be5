using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Tributary.Connectors.Configuration;
using Tributary.Connectors.Http;
using Tributary.Messages;

namespace Tributary.Connectors.Content;

/// <summary>
/// <c>s3</c>: Amazon S3 and compatible stores. Locations are keys, searched for in the configured buckets in their
/// order, or s3://BUCKET/KEY with one of these buckets.
/// </summary>
public sealed class S3ContentStoreFactory : IContentStoreFactory
{
    private const int MaxBucketsCount = 64;

    public string Type => "s3";

    public IContentStore? Create(ConfigField config, ConnectorServices services)
    {
        var section = config.Section([
            "type",
            "endpoint",
            "service_url",
            "region",
            "bucket",
            "buckets",
            "access_key",
            "secret_key",
            "session_token",
            "path_style",
            .. StoreLimits.Keys,
        ]);
        var endpoint = section.Either("endpoint", "service_url");
        var url = endpoint.Url();
        var region = section["region"].Text("the name of a region, such as eu-central-1");
        var bucketsField = section.Either("buckets", "bucket");
        var buckets = bucketsField.Names(MaxBucketsCount, "bucket");
        if (!bucketsField.IsSet)
            bucketsField.Fail("nothing", "the bucket or buckets to look in");
        if (!endpoint.IsSet && region is null)
            section["region"].Fail("neither a region nor an endpoint", "the name of a region, such as eu-central-1");
        var credentials = Credentials(section);
        var limits = StoreLimits.Read(section);
        var isPathStyle = section["path_style"].Flag() ?? url is not null;
        if (config.ErrorCount > 0)
            return null;

        var settings = new AmazonS3Config
        {
            ForcePathStyle = isPathStyle,
            MaxErrorRetry = 1,
            Timeout = limits.Answer,
            ConnectTimeout = limits.Connect,
            AllowAutoRedirect = false,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        };
        if (url is not null)
            settings.ServiceURL = url.AbsoluteUri;
        else
            settings.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        if (url is not null)
            settings.AuthenticationRegion = region ?? "us-east-1";

        // Without keys the SDK searches its usual places: variables, profiles, the machine's role.
        return new S3ContentStore(
            credentials is null ? new AmazonS3Client(settings) : new AmazonS3Client(credentials, settings),
            buckets,
            limits,
            services.Time);
    }

    private static AWSCredentials? Credentials(ConfigSection section)
    {
        const string Allowed = "an access_key and its secret_key, or neither";
        var access = section["access_key"].Text(Allowed, isSecret: true);
        var secret = section["secret_key"].Text(Allowed, isSecret: true);
        var token = section["session_token"].Text("the session token of a temporary access_key", isSecret: true);
        if (access is null != (secret is null) || (token is not null && access is null))
            section[access is null ? "access_key" : "secret_key"].Fail("nothing", Allowed);
        return access is null || secret is null ? null
            : token is null ? new BasicAWSCredentials(access, secret)
            : new SessionAWSCredentials(access, secret, token);
    }
}

internal sealed class S3ContentStore(
    AmazonS3Client client, IReadOnlyList<string> buckets, StoreLimits limits, TimeProvider time) : IContentStore
{
    private const string Scheme = "s3://";

    private static readonly Faults Faults = new("content", "s3");

    public ValueTask<ContentSource> OpenAsync(string location, CancellationToken cancellation)
    {
        var (searched, key) = (buckets, location);
        if (location.StartsWith(Scheme, StringComparison.Ordinal))
        {
            var parts = location[Scheme.Length..].Split('/', 2);
            if (parts.Length < 2 || !buckets.Contains(parts[0]))
                throw Faults.Invalid(location, "another bucket", $"keys in {string.Join(", ", buckets)}");
            (searched, key) = ([parts[0]], parts[1]);
        }

        _ = ObjectNames.Escape(key, Faults);
        return ContainerSearch.FirstAsync(
            searched, bucket => GetAsync(bucket, key, location, cancellation), Faults, location);
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<ContentSource> GetAsync(
        string bucket, string key, string location, CancellationToken cancellation)
    {
        try
        {
            var answer = await client.GetObjectAsync(
                new GetObjectRequest { BucketName = bucket, Key = key }, cancellation);
            var stream = new StoreStream(
                answer.ResponseStream, answer, answer.ContentLength, location, Faults, limits, time);
            return new ContentSource(stream, answer.ContentLength, MediaType(answer.Headers.ContentType));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (AmazonServiceException error) when (error.StatusCode != default)
        {
            throw error.StatusCode is HttpStatusCode.OK
                ? Faults.Unavailable(location, "the server's answer cannot be read", error)
                : Faults.OfStatus(location, error.StatusCode);
        }
        catch (AmazonClientException error)
        {
            throw error.InnerException is { } cause && Connectors.Faults.AreOf(cause)
                ? Faults.OfException(location, cause)
                : Faults.Unavailable(location, "the store does not answer, or there are no credentials", error);
        }
        catch (Exception error) when (Connectors.Faults.AreOf(error))
        {
            throw Faults.OfException(location, error);
        }
    }

    private static string? MediaType(string? header) =>
        string.IsNullOrEmpty(header) ? null : MediaTypes.WithoutParameters(header);
}
