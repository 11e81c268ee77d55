# The authorizer that refuses revoked clients, for a REST API. See docs/guide/api-gateway-authorizer.md.

locals {
  bucket   = "trustloom-${data.aws_caller_identity.me.account_id}-eu-west-1"
  manifest = "acme/authorizers/eu-west-1/api.example.com.json" # <definition>/authorizers/<region>/<domain>.json
}

data "aws_caller_identity" "me" {}

data "archive_file" "revocation" {
  type        = "zip"
  output_path = "revocation.zip"

  source {
    content  = file("node_modules/@trustloom/api-gateway/dist/authorizer.js")
    filename = "authorizer.mjs"
  }
}

resource "aws_lambda_function" "revocation" {
  function_name    = "revocation"
  role             = aws_iam_role.revocation.arn
  filename         = data.archive_file.revocation.output_path
  source_code_hash = data.archive_file.revocation.output_base64sha256
  runtime          = "nodejs22.x"
  handler          = "authorizer.handler"
  memory_size      = 256
  timeout          = 10

  environment {
    variables = {
      TRUSTLOOM_MANIFEST     = "s3://${local.bucket}/${local.manifest}"
      TRUSTLOOM_BUCKET_OWNER = data.aws_caller_identity.me.account_id
    }
  }
}

resource "aws_iam_role" "revocation" {
  name = "revocation"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "revocation" {
  role = aws_iam_role.revocation.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::${local.bucket}/${local.manifest}" },
      { Effect = "Allow", Action = "s3:GetObjectVersion", Resource = "arn:aws:s3:::${local.bucket}/acme/sets/*" },
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/revocation:*" },
    ]
  })
}

resource "aws_cloudwatch_log_group" "revocation" {
  name              = "/aws/lambda/revocation"
  retention_in_days = 30
}

resource "aws_lambda_permission" "revocation" {
  function_name = aws_lambda_function.revocation.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/authorizers/*"
}

resource "aws_api_gateway_authorizer" "revocation" {
  name                             = "revocation"
  rest_api_id                      = aws_api_gateway_rest_api.api.id # your API, with disable_execute_api_endpoint = true
  type                             = "REQUEST"
  authorizer_uri                   = aws_lambda_function.revocation.invoke_arn
  authorizer_result_ttl_in_seconds = 0
}

# On each aws_api_gateway_method: authorization = "CUSTOM", authorizer_id = aws_api_gateway_authorizer.revocation.id
